import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `create table consent_record (
    tenant uuid not null references tenant (id),
    id uuid not null,
    version integer not null check (version >= 1),
    subject uuid not null,
    age_band text not null check (age_band in ('adult', 'minor')),
    method text not null check (method in ('signed-form', 'electronic-signature', 'recorded-statement')),
    notice_text text not null,
    notice_language text not null,
    scope jsonb not null,
    valid_from timestamptz not null,
    valid_until timestamptz,
    state text not null check (state in ('given', 'withdrawn')),
    registered_by uuid,
    created_at timestamptz not null,
    primary key (tenant, id, version),
    foreign key (tenant, subject) references subject (tenant, id),
    check (valid_until is null or valid_until > valid_from)
  )`,
  `create table consent_binding (
    tenant uuid not null references tenant (id),
    consent uuid not null,
    version uuid not null,
    asset uuid not null,
    sha256 bytea not null check (octet_length(sha256) = 32),
    pixel_sha256 bytea check (octet_length(pixel_sha256) = 32),
    fingerprint text check (fingerprint ~ '^[0-9a-f]{64}$'),
    face_left smallint not null,
    face_top smallint not null,
    face_width smallint not null check (face_width >= 1),
    face_height smallint not null check (face_height >= 1),
    primary key (tenant, consent, version)
  )`,
  `create index consent_binding_file on consent_binding (tenant, sha256)`,
  `create index consent_binding_pixels on consent_binding (tenant, pixel_sha256) where pixel_sha256 is not null`,
];

const PROTECTION = [
  `select make_append_only('consent_record')`,
  `select protect_tenant_table('consent_record', 'select, insert')`,
  `select protect_tenant_table('consent_binding', 'select, insert')`,
];

export class CreateConsent20261123094000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...PROTECTION]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['consent_binding', 'consent_record']) await runner.query(`drop table ${table}`);
  }
}
