import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rules of the policy that do not count for a while, within a scope. */
export class CreatePolicyException20261124107000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table policy_exception (
        tenant uuid not null references tenant (id),
        id uuid not null,
        rule text not null check (length(rule) between 1 and 200),
        scope_kind text not null check (scope_kind in ('use-case', 'session', 'asset', 'subject')),
        scope text not null check (length(scope) between 1 and 200),
        owner uuid not null,
        until timestamptz not null,
        break_glass boolean not null,
        entry uuid not null,
        proposed_by uuid,
        proposed_at timestamptz not null,
        approved_by uuid,
        approved_at timestamptz,
        reviewed_by uuid,
        reviewed_at timestamptz,
        justified boolean,
        review_entry uuid,
        ended_by uuid,
        ended_at timestamptz,
        end_entry uuid,
        primary key (tenant, id),
        foreign key (tenant, owner) references subject (tenant, id),
        foreign key (tenant, entry) references ledger_entry (tenant, id),
        check (scope_kind = 'use-case' or scope ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
        check (until > proposed_at),
        check (num_nulls(reviewed_at, justified, review_entry) in (0, 3)),
        check (num_nulls(ended_at, end_entry) in (0, 2)),
        constraint policy_exception_two_people check (
          (approved_by is null or approved_by is distinct from proposed_by) and (reviewed_by is null or reviewed_by is distinct from proposed_by)
        )
      )`);
    // asked for every turn; what has ended is of no interest to it
    await runner.query(`create index policy_exception_standing on policy_exception (tenant, scope_kind, scope) where ended_at is null`);
    await runner.query(
      `select protect_tenant_table('policy_exception', 'select, insert, update (approved_by, approved_at, reviewed_by, reviewed_at, justified, review_entry, ended_by, ended_at, end_entry)')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table policy_exception`);
  }
}
