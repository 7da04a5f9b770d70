import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A bundle that was active may be active again. `moves`: from, to. */
const guard = (moves: string): string => `create or replace function guard_policy_bundle() returns trigger language plpgsql as $$
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
  if old.state <> 'draft' and new.activated_by is distinct from old.activated_by then
    raise exception 'policy_bundle: its approval does not change' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$`;

export class RollBackPolicy20261124109000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(guard(`('draft', 'active'), ('active', 'retired'), ('retired', 'active')`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(guard(`('draft', 'active'), ('active', 'retired')`));
  }
}
