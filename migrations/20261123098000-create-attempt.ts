import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAttempt20261123098000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table provider_attempt (
        tenant uuid not null references tenant (id),
        id uuid not null,
        item uuid not null,
        turn uuid not null,
        asset uuid not null,
        number integer not null check (number > 0),
        provider text not null,
        requested_model text not null,
        began_at timestamptz not null,
        request_sha256 bytea not null check (length(request_sha256) = 32),
        ended_at timestamptz,
        outcome text check (outcome in ('edited', 'refused', 'needs-clarification', 'failed', 'timeout')),
        finish_code text,
        finish_message text,
        response_sha256 bytea check (length(response_sha256) = 32),
        usage jsonb,
        error_code text,
        primary key (tenant, id),
        unique (tenant, item, number),
        foreign key (tenant, item) references turn_item (tenant, id),
        foreign key (tenant, turn) references turn (tenant, id),
        foreign key (tenant, asset) references asset (tenant, id),
        check ((ended_at is null) = (outcome is null)),
        check ((outcome in ('failed', 'timeout')) is not distinct from (case when outcome is null then null else error_code is not null end))
      )`);
    await runner.query(`create index provider_attempt_open on provider_attempt (tenant, began_at) where ended_at is null`);
    // what has ended stays as it ended
    await runner.query(`
      create function keep_attempt_ending() returns trigger language plpgsql as $$
      begin
        if old.ended_at is not null then
          raise exception 'attempt % has ended', old.id using errcode = 'insufficient_privilege';
        end if;
        return new;
      end $$`);
    await runner.query(
      `create trigger keep_attempt_ending before update on provider_attempt for each row execute function keep_attempt_ending()`,
    );
    await runner.query(`select protect_tenant_table('provider_attempt', 'select, insert, update')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table provider_attempt`);
    await runner.query(`drop function keep_attempt_ending()`);
  }
}
