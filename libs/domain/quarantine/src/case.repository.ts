import type { AssetId, CaseId, EntryId, ExportId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { CaseGround, CaseOutcome, CasePage, QuarantineCase } from './case.types.js';

interface CaseRow {
  readonly id: CaseId;
  readonly ground: CaseGround;
  readonly asset: AssetId;
  readonly export: ExportId | null;
  readonly entry: EntryId;
  readonly opened_by: SubjectId | null;
  readonly opened_at: Date;
  readonly due_at: Date;
  readonly handlers: SubjectId[];
  readonly quarantined_at: Date | null;
  readonly preserved_until: Date | null;
  readonly proposed: CaseOutcome | null;
  readonly proposed_by: SubjectId | null;
  readonly proposed_at: Date | null;
  readonly proposal_entry: EntryId | null;
  readonly outcome: CaseOutcome | null;
  readonly ended_by: SubjectId | null;
  readonly ended_at: Date | null;
}

const CASE = `id, ground, asset, export, entry, opened_by, opened_at, due_at, handlers, quarantined_at, preserved_until, proposed, proposed_by,
  proposed_at, proposal_entry, outcome, ended_by, ended_at from quarantine_case`;

function toCase(row: CaseRow): QuarantineCase {
  const { id, ground, asset, entry, handlers, proposed, proposed_at, proposal_entry, outcome, ended_at } = row;
  return {
    ...{ id, ground, asset, export: row.export, entry, handlers },
    openedBy: row.opened_by,
    openedAt: row.opened_at,
    dueAt: row.due_at,
    quarantinedAt: row.quarantined_at,
    preservedUntil: row.preserved_until,
    proposed:
      proposed && proposed_at && proposal_entry ? { outcome: proposed, by: row.proposed_by, at: proposed_at, entry: proposal_entry } : null,
    ended: outcome && ended_at ? { outcome, by: row.ended_by, at: ended_at } : null,
  };
}

@Injectable()
export class CaseRepository {
  /** False: there is one about this asset that has not ended. */
  async insert(write: WriteContext, made: QuarantineCase): Promise<boolean> {
    const rows = await write.manager.query<unknown[]>(
      `insert into quarantine_case (tenant, id, ground, asset, export, entry, opened_by, opened_at, due_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant, asset) where ended_at is null do nothing returning 1`,
      [write.context.tenant, made.id, made.ground, made.asset, made.export, made.entry, made.openedBy, made.openedAt, made.dueAt],
    );
    return rows.length > 0;
  }

  async findMany(read: ReadContext, ids: readonly CaseId[]): Promise<readonly QuarantineCase[]> {
    const rows = await read.manager.query<CaseRow[]>(`select ${CASE} where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toCase);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: CaseId): Promise<QuarantineCase | null> {
    const rows = await write.manager.query<CaseRow[]>(`select ${CASE} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toCase(rows[0]) : null;
  }

  /** The case about the asset that has not ended, held until the transaction ends. */
  async lockOf(write: WriteContext, asset: AssetId): Promise<QuarantineCase | null> {
    const rows = await write.manager.query<CaseRow[]>(`select ${CASE} where tenant = $1 and asset = $2 and ended_at is null for update`, [
      write.context.tenant,
      asset,
    ]);
    return rows[0] ? toCase(rows[0]) : null;
  }

  /** Newest first. */
  async page(read: ReadContext, { state, first, after }: CasePage): Promise<readonly QuarantineCase[]> {
    const rows = await read.manager.query<CaseRow[]>(
      `select ${CASE} where tenant = $1 and ($2::uuid is null or id < $2)
          and ($3::text is null or $3 = case when outcome = 'destroy' then 'destroyed'
            when ended_at is not null and quarantined_at is null then 'dismissed' when ended_at is not null then 'restored'
            when quarantined_at is null then 'open' else 'quarantined' end)
        order by id desc limit $4`,
      [read.context.tenant, after, state, first],
    );
    return rows.map(toCase);
  }

  async setGround(write: WriteContext, id: CaseId, ground: CaseGround, dueAt: Date): Promise<void> {
    await write.manager.query(`update quarantine_case set ground = $3, due_at = $4 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      ground,
      dueAt,
    ]);
  }

  async setQuarantined(write: WriteContext, id: CaseId, at: Date, preservedUntil: Date | null): Promise<void> {
    await write.manager.query(`update quarantine_case set quarantined_at = $3, preserved_until = $4 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      at,
      preservedUntil,
    ]);
  }

  /** What one of the two before them proposed is off. */
  async setHandlers(write: WriteContext, id: CaseId, handlers: readonly SubjectId[]): Promise<void> {
    await write.manager.query(
      `update quarantine_case set handlers = $3, proposed = null, proposed_by = null, proposed_at = null, proposal_entry = null
        where tenant = $1 and id = $2`,
      [write.context.tenant, id, [...handlers]],
    );
  }

  async setProposed(write: WriteContext, id: CaseId, { outcome, by, at, entry }: NonNullable<QuarantineCase['proposed']>): Promise<void> {
    await write.manager.query(
      `update quarantine_case set proposed = $3, proposed_by = $4, proposed_at = $5, proposal_entry = $6 where tenant = $1 and id = $2`,
      [write.context.tenant, id, outcome, by, at, entry],
    );
  }

  async setEnded(write: WriteContext, id: CaseId, { outcome, by, at }: NonNullable<QuarantineCase['ended']>): Promise<void> {
    await write.manager.query(`update quarantine_case set outcome = $3, ended_by = $4, ended_at = $5 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      outcome,
      by,
      at,
    ]);
  }
}
