import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What providers billed, row by row, and what explains it. */
export class CreateReconciliation20261124083000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table provider_attempt add column response_id text`);
    await runner.query(`create index provider_attempt_began on provider_attempt (tenant, provider, began_at)`);
    await runner.query(
      `create index provider_attempt_response on provider_attempt (tenant, provider, response_id) where response_id is not null`,
    );
    await runner.query(`
      create table reconciliation (
        tenant uuid not null references tenant (id),
        id uuid not null,
        provider text not null,
        request_sha256 bytea not null check (length(request_sha256) = 32),
        file_sha256 bytea not null check (length(file_sha256) = 32),
        columns jsonb not null,
        time_zone text,
        window_seconds integer not null check (window_seconds > 0),
        imported_by uuid,
        imported_at timestamptz not null,
        period_from timestamptz,
        period_to timestamptz,
        rows bigint,
        explained bigint,
        ambiguous bigint,
        unexplained bigint,
        missing_from_bill bigint,
        unreadable bigint,
        primary key (tenant, id),
        unique (tenant, request_sha256),
        check (num_nulls(rows, explained, ambiguous, unexplained, missing_from_bill, unreadable) in (0, 6)),
        check (rows is null or rows = explained + ambiguous + unexplained + unreadable)
      )`);
    await runner.query(`
      create table reconciliation_finding (
        tenant uuid not null,
        reconciliation uuid not null,
        position bigint not null,
        kind text not null check (kind in ('explained', 'ambiguous', 'unexplained', 'missing-from-bill', 'unreadable')),
        line bigint,
        problem text,
        at timestamptz,
        response_id text,
        model text,
        input_tokens bigint,
        output_tokens bigint,
        cost text,
        project text,
        attempt uuid,
        basis text check (basis in ('response-id', 'time-and-tokens')),
        primary key (tenant, reconciliation, position),
        foreign key (tenant, reconciliation) references reconciliation (tenant, id),
        foreign key (tenant, attempt) references provider_attempt (tenant, id),
        check ((line is null) = (kind = 'missing-from-bill')),
        check ((basis is not null) = (kind = 'explained')),
        check (attempt is not null or kind not in ('explained', 'missing-from-bill'))
      )`);
    await runner.query(`create index reconciliation_finding_kind on reconciliation_finding (tenant, reconciliation, kind, position)`);
    // an attempt explains one row at most, and is not missing when it does
    await runner.query(
      `create unique index reconciliation_finding_attempt on reconciliation_finding (tenant, reconciliation, attempt)
        where kind in ('explained', 'missing-from-bill')`,
    );
    await this.keepWhatIsDone(runner);
    await runner.query(
      `select protect_tenant_table('reconciliation',
         'select, insert, update (period_from, period_to, rows, explained, ambiguous, unexplained, missing_from_bill, unreadable)')`,
    );
    await runner.query(`select protect_tenant_table('reconciliation_finding', 'select, insert, update (kind, problem, attempt, basis)')`);
  }

  /** Once its counts are written, neither a reconciliation nor a finding of it changes, and none is added. */
  private async keepWhatIsDone(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function keep_reconciliation() returns trigger language plpgsql as $$
      begin
        if old.rows is not null then
          raise exception 'reconciliation % is done', old.id using errcode = 'insufficient_privilege';
        end if;
        return new;
      end $$`);
    await runner.query(
      `create trigger keep_reconciliation before update on reconciliation for each row execute function keep_reconciliation()`,
    );
    // once per statement: a bill may have a million rows
    await runner.query(`
      create function keep_reconciliation_findings() returns trigger language plpgsql as $$
      begin
        if exists (select 1 from changed c join reconciliation r on r.tenant = c.tenant and r.id = c.reconciliation where r.rows is not null) then
          raise exception 'the reconciliation is done' using errcode = 'insufficient_privilege';
        end if;
        return null;
      end $$`);
    for (const [name, event, table] of [
      ['keep_reconciliation_findings_added', 'insert', 'new'],
      ['keep_reconciliation_findings_changed', 'update', 'old'],
    ]) {
      await runner.query(`create trigger ${name} after ${event} on reconciliation_finding referencing ${table} table as changed
        for each statement execute function keep_reconciliation_findings()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table reconciliation_finding`);
    await runner.query(`drop table reconciliation`);
    await runner.query(`drop function keep_reconciliation_findings()`);
    await runner.query(`drop function keep_reconciliation()`);
    await runner.query(`drop index provider_attempt_response`);
    await runner.query(`drop index provider_attempt_began`);
    await runner.query(`alter table provider_attempt drop column response_id`);
  }
}
