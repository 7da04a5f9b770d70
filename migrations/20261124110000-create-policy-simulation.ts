import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What two bundles would have said to past questions; and the way to those questions by time. */
export class CreatePolicySimulation20261124110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table policy_simulation (
        tenant uuid not null references tenant (id),
        id uuid not null,
        from_bundle uuid not null,
        to_bundle uuid not null,
        since timestamptz not null,
        until timestamptz not null,
        questions_max integer not null check (questions_max >= 1),
        total integer check (total >= 0),
        state text not null check (state in ('running', 'done', 'failed', 'cancelled')),
        tally jsonb not null,
        place_at timestamptz,
        place_verdict uuid,
        failure text,
        started_by uuid,
        started_at timestamptz not null,
        ended_at timestamptz,
        primary key (tenant, id),
        foreign key (tenant, from_bundle) references policy_bundle (tenant, id),
        foreign key (tenant, to_bundle) references policy_bundle (tenant, id),
        check (since < until),
        check ((state = 'running') = (ended_at is null)),
        check ((state = 'failed') = (failure is not null)),
        check ((place_at is null) = (place_verdict is null))
      )`);
    await runner.query(
      `select protect_tenant_table('policy_simulation', 'select, insert, update (total, state, tally, place_at, place_verdict, failure, ended_at)')`,
    );
    // the gates that answer first keep the question that all of their stage were asked
    await runner.query(
      `create index verdict_of_question on verdict (tenant, created_at, id)
        where gate = 'usage' or (gate = 'consent' and evidence -> 'asked' ->> 'question' = 'AutoRelease')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index verdict_of_question`);
    await runner.query(`drop table policy_simulation`);
  }
}
