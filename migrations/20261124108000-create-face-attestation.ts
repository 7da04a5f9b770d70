import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Faces that need no consent, as two people say: of a version, by its id, so that no digest of a picture is kept for them. */
export class CreateFaceAttestation20261124108000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table face_attestation (
        tenant uuid not null references tenant (id),
        id uuid not null,
        asset uuid not null,
        version uuid not null,
        face_left smallint not null,
        face_top smallint not null,
        face_width smallint not null check (face_width >= 1),
        face_height smallint not null check (face_height >= 1),
        ground text not null check (ground in ('not-identifiable', 'release', 'exempt')),
        reference text check (length(reference) between 1 and 200),
        entry uuid not null,
        attested_by uuid,
        attested_at timestamptz not null,
        confirmed_by uuid,
        confirmed_at timestamptz,
        ended_by uuid,
        ended_at timestamptz,
        end_entry uuid,
        primary key (tenant, id),
        foreign key (tenant, asset) references asset (tenant, id),
        foreign key (tenant, version) references version (tenant, id),
        foreign key (tenant, entry) references ledger_entry (tenant, id),
        check ((reference is null) = (ground = 'not-identifiable')),
        check (num_nulls(ended_at, end_entry) in (0, 2)),
        constraint face_attestation_two_people check (confirmed_by is null or confirmed_by is distinct from attested_by)
      )`);
    await runner.query(`create index face_attestation_standing on face_attestation (tenant, version) where ended_at is null`);
    await runner.query(`create index face_attestation_asset on face_attestation (tenant, asset, id)`);
    await runner.query(
      `select protect_tenant_table('face_attestation', 'select, insert, update (confirmed_by, confirmed_at, ended_by, ended_at, end_entry)')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table face_attestation`);
  }
}
