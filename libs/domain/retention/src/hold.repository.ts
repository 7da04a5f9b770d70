import type { EntryId, HoldId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { HeldTargets, HoldKind, HoldPage, HoldTarget, LegalHold } from './retention.types.js';

interface HoldRow {
  readonly id: HoldId;
  readonly kind: HoldKind;
  readonly target: string;
  readonly matter: string;
  readonly entry: EntryId;
  readonly placed_by: SubjectId | null;
  readonly placed_at: Date;
  readonly released_by: SubjectId | null;
  readonly released_at: Date | null;
  readonly release_entry: EntryId | null;
}

const HOLD = `id, kind, target, matter, entry, placed_by, placed_at, released_by, released_at, release_entry from legal_hold`;

function toHold(row: HoldRow): LegalHold {
  const { id, kind, target, matter, entry, placed_by, placed_at, released_by, released_at, release_entry } = row;
  return {
    id,
    target: { kind, id: target },
    matter,
    entry,
    placedBy: placed_by,
    placedAt: placed_at,
    released: released_at && release_entry ? { by: released_by, at: released_at, entry: release_entry } : null,
  };
}

@Injectable()
export class HoldRepository {
  async insert(write: WriteContext, hold: LegalHold): Promise<void> {
    await write.manager.query(
      `insert into legal_hold (tenant, id, kind, target, matter, entry, placed_by, placed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [write.context.tenant, hold.id, hold.target.kind, hold.target.id, hold.matter, hold.entry, hold.placedBy, hold.placedAt],
    );
  }

  async activeOn(read: ReadContext, { kind, id }: HoldTarget, matter: string): Promise<LegalHold | null> {
    const rows = await read.manager.query<HoldRow[]>(
      `select ${HOLD} where tenant = $1 and kind = $2 and target = $3 and matter = $4 and released_at is null`,
      [read.context.tenant, kind, id, matter],
    );
    return rows[0] ? toHold(rows[0]) : null;
  }

  /** Active holds on any of these targets, oldest first. */
  async covering(read: ReadContext, targets: readonly HoldTarget[]): Promise<readonly LegalHold[]> {
    const rows = await read.manager.query<HoldRow[]>(
      `select ${HOLD} h where tenant = $1 and released_at is null
          and exists (select 1 from unnest($2::text[], $3::uuid[]) as t (kind, target) where t.kind = h.kind and t.target = h.target)
        order by id`,
      [read.context.tenant, targets.map(({ kind }) => kind), targets.map(({ id }) => id)],
    );
    return rows.map(toHold);
  }

  /** The targets of every active hold. */
  async targets(read: ReadContext): Promise<HeldTargets> {
    const rows = await read.manager.query<{ kind: HoldKind; target: string }[]>(
      `select distinct kind, target from legal_hold where tenant = $1 and released_at is null`,
      [read.context.tenant],
    );
    const of = (kind: HoldKind): readonly string[] => rows.filter((row) => row.kind === kind).map(({ target }) => target);
    return { tenant: of('tenant').length > 0, assets: of('asset'), sessions: of('session'), subjects: of('subject') };
  }

  async findMany(read: ReadContext, ids: readonly HoldId[]): Promise<readonly LegalHold[]> {
    const rows = await read.manager.query<HoldRow[]>(`select ${HOLD} where tenant = $1 and id = any ($2::uuid[]) order by id`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toHold);
  }

  /** Newest first. */
  async page(read: ReadContext, { isActive, first, after }: HoldPage): Promise<readonly LegalHold[]> {
    const rows = await read.manager.query<HoldRow[]>(
      `select ${HOLD} where tenant = $1 and ($2::boolean is null or (released_at is null) = $2) and ($3::uuid is null or id < $3)
        order by id desc limit $4`,
      [read.context.tenant, isActive, after, first],
    );
    return rows.map(toHold);
  }

  async release(write: WriteContext, id: HoldId, { by, at, entry }: NonNullable<LegalHold['released']>): Promise<void> {
    await write.manager.query(
      `update legal_hold set released_by = $3, released_at = $4, release_entry = $5 where tenant = $1 and id = $2 and released_at is null`,
      [write.context.tenant, id, by, at, entry],
    );
  }
}
