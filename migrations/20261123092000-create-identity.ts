import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `create table tenant (
    id uuid primary key,
    name text not null,
    created_at timestamptz not null
  )`,
  `create table subject (
    tenant uuid not null references tenant (id),
    id uuid not null,
    kind text not null check (kind in ('person', 'service')),
    ref uuid not null,
    display_name text,
    created_at timestamptz not null,
    primary key (tenant, id),
    unique (tenant, ref)
  )`,
  `create table external_identity (
    tenant uuid not null references tenant (id),
    id uuid not null,
    subject uuid not null,
    issuer text not null,
    external_sub text not null,
    created_at timestamptz not null,
    primary key (tenant, id),
    unique (tenant, issuer, external_sub),
    foreign key (tenant, subject) references subject (tenant, id)
  )`,
  `create table member (
    tenant uuid not null references tenant (id),
    id uuid not null,
    roles text[] not null,
    created_at timestamptz not null,
    primary key (tenant, id),
    foreign key (tenant, id) references subject (tenant, id)
  )`,
  `create table api_key (
    tenant uuid not null references tenant (id),
    id uuid not null,
    subject uuid not null,
    name text not null,
    hash bytea not null check (octet_length(hash) = 32),
    roles text[] not null,
    scopes text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    primary key (tenant, id),
    unique (tenant, hash),
    foreign key (tenant, subject) references subject (tenant, id)
  )`,
  // the two look-ups that come before the tenant is known start from these
  `create index api_key_hash on api_key (hash)`,
  `create index external_identity_sub on external_identity (issuer, external_sub)`,
];

/** A tenant's own row is its only row here: the table has no tenant column but is one. */
const PROTECTION = [
  `alter table tenant enable row level security`,
  `alter table tenant force row level security`,
  `revoke all on tenant from public`,
  `create policy tenant_itself on tenant using (id = current_tenant()) with check (id = current_tenant())`,
  `grant select, insert on tenant to imprimatur_app`,
  `grant select on tenant to imprimatur_auditor`,
  `select protect_tenant_table('subject', 'select, insert, update')`,
  `select protect_tenant_table('external_identity', 'select, insert, delete')`,
  `select protect_tenant_table('member', 'select, insert, update')`,
  `select protect_tenant_table('api_key', 'select, insert, update')`,
];

/** Named exceptions to tenant isolation: one row each, found only by somebody who holds the credential already. */
const LOOKUPS = [
  `create policy api_key_lookup on api_key for select to imprimatur_app
    using (hash = decode(nullif(current_setting('app.key_lookup', true), ''), 'hex'))`,
  `create policy external_identity_lookup on external_identity for select to imprimatur_app
    using (issuer = nullif(current_setting('app.identity_issuer', true), '')
       and external_sub = nullif(current_setting('app.identity_sub', true), ''))`,
];

export class CreateIdentity20261123092000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...PROTECTION, ...LOOKUPS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['api_key', 'member', 'external_identity', 'subject', 'tenant']) await runner.query(`drop table ${table}`);
  }
}
