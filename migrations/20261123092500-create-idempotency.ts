import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIdempotency20261123092500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table idempotency_key (
        tenant uuid not null references tenant (id),
        id uuid not null,
        actor text not null,
        operation text not null,
        key text not null check (length(key) between 1 and 200),
        request_digest bytea not null check (octet_length(request_digest) = 32),
        answer jsonb,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        primary key (tenant, id),
        unique (tenant, actor, operation, key)
      )`);
    await runner.query(`create index idempotency_key_expiry on idempotency_key (tenant, expires_at)`);
    await runner.query(`select protect_tenant_table('idempotency_key', 'select, insert, update, delete')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table idempotency_key`);
  }
}
