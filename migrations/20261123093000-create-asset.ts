import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  // the digest stands in the clear so that the same bytes are stored once; erasure empties it with the key
  `create table blob (
    tenant uuid not null references tenant (id),
    id uuid not null,
    sha256 bytea check (octet_length(sha256) = 32),
    size_bytes bigint not null check (size_bytes >= 0),
    format text not null,
    object text not null,
    wrapped_key bytea not null,
    subjects uuid[] not null,
    created_at timestamptz not null,
    primary key (tenant, id),
    unique (tenant, sha256),
    unique (tenant, object)
  )`,
  `create table asset (
    tenant uuid not null references tenant (id),
    id uuid not null,
    name text not null,
    facts jsonb not null,
    rights_declared text not null check (rights_declared in ('owned', 'licensed', 'unknown')),
    licence text,
    ai_training text not null check (ai_training in ('allowed', 'prohibited', 'unspecified')),
    c2pa jsonb,
    version_count integer not null check (version_count >= 0),
    uploaded_by uuid,
    created_at timestamptz not null,
    primary key (tenant, id),
    foreign key (tenant, uploaded_by) references subject (tenant, id)
  )`,
  `create table version (
    tenant uuid not null references tenant (id),
    id uuid not null,
    asset uuid not null,
    number integer not null check (number >= 1),
    parent uuid,
    origin text not null check (origin in ('upload', 'turn', 'rollback')),
    blob uuid not null,
    format text not null,
    width integer not null check (width >= 1),
    height integer not null check (height >= 1),
    item uuid,
    operations bytea,
    operations_key bytea,
    created_by uuid,
    created_at timestamptz not null,
    released_at timestamptz,
    blocked_at timestamptz,
    primary key (tenant, id),
    unique (tenant, asset, number),
    unique (tenant, asset, id),
    foreign key (tenant, asset) references asset (tenant, id),
    foreign key (tenant, asset, parent) references version (tenant, asset, id),
    foreign key (tenant, blob) references blob (tenant, id),
    check ((origin = 'upload') = (number = 1)),
    check ((origin = 'upload') = (parent is null)),
    check ((operations is null) = (operations_key is null)),
    check (released_at is null or blocked_at is null)
  )`,
  `create index version_children on version (tenant, parent)`,
  `create index version_blob on version (tenant, blob)`,
  `create index version_item on version (tenant, item)`,
];

/** A version never changes; what may be said about it later has its own columns. */
const PROTECTION = [
  `select protect_tenant_table('blob', 'select, insert, update (sha256, object, wrapped_key, subjects)')`,
  `select protect_tenant_table('asset', 'select, insert, update (version_count)')`,
  `select protect_tenant_table('version', 'select, insert, update (released_at, blocked_at)')`,
];

export class CreateAsset20261123093000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...PROTECTION]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['version', 'asset', 'blob']) await runner.query(`drop table ${table}`);
  }
}
