import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Authenticators with which people sign what they decide, and the challenges that wait to be signed. */
export class CreateCredential20261129030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table credential (
        tenant uuid not null references tenant (id),
        id uuid not null,
        subject uuid not null,
        credential_id bytea not null check (octet_length(credential_id) between 1 and 1023),
        public_key bytea not null check (octet_length(public_key) between 1 and 2048),
        sign_count bigint not null check (sign_count >= 0),
        rp_id text not null check (length(rp_id) between 1 and 253),
        entry uuid not null,
        enrolled_at timestamptz not null,
        revoked_at timestamptz,
        primary key (tenant, id),
        unique (tenant, credential_id),
        foreign key (tenant, subject) references subject (tenant, id),
        foreign key (tenant, entry) references ledger_entry (tenant, id)
      )`);
    await runner.query(`create index credential_of_subject on credential (tenant, subject)`);
    await runner.query(`select protect_tenant_table('credential', 'select, insert, update (sign_count, revoked_at)')`);
    // a challenge is used by deleting it: whoever deletes the row has it, and nobody has it twice
    await runner.query(`
      create table credential_challenge (
        tenant uuid not null references tenant (id),
        id uuid not null,
        subject uuid not null,
        purpose text not null check (purpose in ('enrol', 'sign')),
        challenge bytea not null check (octet_length(challenge) = 32),
        nonce bytea not null check (octet_length(nonce) = 32),
        begun_at timestamptz not null,
        expires_at timestamptz not null,
        primary key (tenant, id),
        unique (tenant, challenge),
        foreign key (tenant, subject) references subject (tenant, id),
        check (expires_at > begun_at)
      )`);
    await runner.query(`create index credential_challenge_expiry on credential_challenge (tenant, expires_at)`);
    await runner.query(`select protect_tenant_table('credential_challenge', 'select, insert, delete')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table credential_challenge`);
    await runner.query(`drop table credential`);
  }
}
