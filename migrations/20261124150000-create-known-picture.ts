import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Pictures with a past. What they are recognised by is read from their screenings, and goes with those; only what is in quarantine keeps its
 * own, since nobody may bring it back by having it erased.
 */
export class CreateKnownPicture20261124150000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table known_picture (
        tenant uuid not null references tenant (id),
        id uuid not null,
        asset uuid not null,
        version uuid not null,
        parent uuid,
        known_as text not null check (known_as in ('refused', 'withdrawn', 'exported', 'quarantined', 'prohibited', 'restricted')),
        pixel_sha256 bytea check (length(pixel_sha256) = 32),
        fingerprint text check (fingerprint ~ '^[0-9a-f]{64}$'),
        entry uuid,
        since timestamptz not null,
        listed_by uuid,
        lifted_by uuid,
        lifted_at timestamptz,
        lift_entry uuid,
        primary key (tenant, id),
        foreign key (tenant, version) references version (tenant, id),
        check ((entry is not null) = (known_as in ('prohibited', 'restricted'))),
        check (num_nonnulls(pixel_sha256, fingerprint) = 0 or known_as = 'quarantined'),
        check (lift_entry is null or lifted_at is not null)
      )`);
    // a picture is known as one thing once, and the gates read what counts
    await runner.query(`create unique index known_picture_counts on known_picture (tenant, version, known_as) where lifted_at is null`);
    await runner.query(
      `select protect_tenant_table('known_picture', 'select, insert, update (pixel_sha256, fingerprint, lifted_by, lifted_at, lift_entry)')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table known_picture`);
  }
}
