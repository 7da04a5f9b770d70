import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `moves`: from, to. `pinned`: states in which what was approved once stays approved by the same person. */
const guard = (
  moves: string,
  pinned: string,
): string => `create or replace function guard_policy_bundle() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'policy_bundle: % refused, bundles are retired and kept', tg_op using errcode = 'insufficient_privilege';
  end if;
  if (new.tenant, new.id, new.name, new.version, new.hash, new.files, new.drafted_by, new.drafted_at)
     is distinct from (old.tenant, old.id, old.name, old.version, old.hash, old.files, old.drafted_by, old.drafted_at) then
    raise exception 'policy_bundle: the content of a bundle does not change' using errcode = 'insufficient_privilege';
  end if;
  if (old.state, new.state) not in (${moves}) then
    raise exception 'policy_bundle: % does not become %', old.state, new.state using errcode = 'insufficient_privilege';
  end if;
  -- who approved it is who activated it first
  if old.state in (${pinned}) and new.activated_by is distinct from old.activated_by then
    raise exception 'policy_bundle: its approval does not change' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$`;

const MOVES = `('draft', 'active'), ('active', 'retired'), ('retired', 'active')`;
const TRIALS = `('draft', 'shadow'), ('draft', 'canary'), ('shadow', 'canary'), ('canary', 'canary'), ('shadow', 'draft'), ('canary', 'draft'),
    ('shadow', 'active'), ('canary', 'active')`;

/** Between draft and active: a bundle on trial, and what it would have answered. */
export class TryPolicy20261129010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table policy_bundle
        add column trial_by uuid,
        add column trial_at timestamptz,
        add column trial_share integer check (trial_share between 1 and 999),
        drop constraint policy_bundle_state_check,
        drop constraint policy_bundle_check,
        add constraint policy_bundle_state_check check (state in ('draft', 'shadow', 'canary', 'active', 'retired')),
        add constraint policy_bundle_activated check ((state in ('active', 'retired')) = (activated_at is not null)),
        add constraint policy_bundle_trial check ((state in ('shadow', 'canary')) = (trial_at is not null)),
        add constraint policy_bundle_share check ((state = 'canary') = (trial_share is not null)),
        -- what judges real turns was agreed to by two people, however few the turns
        add constraint policy_bundle_canary_two_people check (state <> 'canary' or (trial_by is not null and trial_by is distinct from drafted_by))`);
    await runner.query(`create unique index policy_bundle_on_trial on policy_bundle (tenant) where state in ('shadow', 'canary')`);
    await runner.query(guard(`${MOVES}, ${TRIALS}`, `'active', 'retired'`));
    await runner.query(`
      create table policy_trial_answer (
        tenant uuid not null references tenant (id),
        bundle uuid not null,
        question text not null check (question in ('EditTurn', 'AutoRelease', 'Export')),
        -- the item, or the export
        about uuid not null,
        judge uuid not null,
        outcome text not null,
        rules text[] not null,
        trial_outcome text,
        trial_rules text[] not null,
        failure text check (failure in ('slow', 'tampered', 'broken')),
        at timestamptz not null,
        primary key (tenant, bundle, question, about),
        foreign key (tenant, bundle) references policy_bundle (tenant, id),
        foreign key (tenant, judge) references policy_bundle (tenant, id),
        check (bundle <> judge),
        check (num_nulls(trial_outcome, failure) = 1)
      )`);
    await runner.query(
      `select protect_tenant_table('policy_trial_answer', 'select, insert, update (judge, outcome, rules, trial_outcome, trial_rules, failure, at)')`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table policy_trial_answer`);
    await runner.query(`drop index policy_bundle_on_trial`);
    await runner.query(guard(MOVES, `'active', 'retired'`));
    await runner.query(`
      alter table policy_bundle
        drop constraint policy_bundle_canary_two_people,
        drop constraint policy_bundle_share,
        drop constraint policy_bundle_trial,
        drop constraint policy_bundle_activated,
        drop constraint policy_bundle_state_check,
        drop column trial_by,
        drop column trial_at,
        drop column trial_share,
        add constraint policy_bundle_state_check check (state in ('draft', 'active', 'retired')),
        add constraint policy_bundle_check check ((state = 'draft') = (activated_at is null))`);
  }
}
