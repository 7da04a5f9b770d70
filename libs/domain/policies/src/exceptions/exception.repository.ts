import type { EntryId, ExceptionId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ExceptionPage, ExceptionPlace, ExceptionScope, PolicyException } from './exception.types.js';

interface ExceptionRow {
  readonly id: ExceptionId;
  readonly rule: string;
  readonly scope_kind: ExceptionScope['kind'];
  readonly scope: string;
  readonly owner: SubjectId;
  readonly until: Date;
  readonly break_glass: boolean;
  readonly entry: EntryId;
  readonly proposed_by: SubjectId | null;
  readonly proposed_at: Date;
  readonly approved_by: SubjectId | null;
  readonly approved_at: Date | null;
  readonly reviewed_by: SubjectId | null;
  readonly reviewed_at: Date | null;
  readonly justified: boolean | null;
  readonly review_entry: EntryId | null;
  readonly ended_by: SubjectId | null;
  readonly ended_at: Date | null;
  readonly end_entry: EntryId | null;
}

const EXCEPTION = `id, rule, scope_kind, scope, owner, until, break_glass, entry, proposed_by, proposed_at, approved_by, approved_at,
  reviewed_by, reviewed_at, justified, review_entry, ended_by, ended_at, end_entry from policy_exception`;
const COUNTS = `ended_at is null and (approved_at is not null or break_glass)`;

function toException(row: ExceptionRow): PolicyException {
  return {
    id: row.id,
    rule: row.rule,
    // the check of the column keeps an id of the right kind beside its kind
    scope: { kind: row.scope_kind, id: row.scope } as ExceptionScope,
    owner: row.owner,
    until: row.until,
    isBreakGlass: row.break_glass,
    entry: row.entry,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    approved: row.approved_at && { by: row.approved_by, at: row.approved_at },
    reviewed:
      row.reviewed_at && row.review_entry
        ? { by: row.reviewed_by, at: row.reviewed_at, justified: row.justified === true, entry: row.review_entry }
        : null,
    ended: row.ended_at && row.end_entry ? { by: row.ended_by, at: row.ended_at, entry: row.end_entry } : null,
  };
}

@Injectable()
export class ExceptionRepository {
  async insert(write: WriteContext, { id, rule, scope, owner, until, isBreakGlass, entry, proposedBy, proposedAt }: PolicyException) {
    await write.manager.query(
      `insert into policy_exception (tenant, id, rule, scope_kind, scope, owner, until, break_glass, entry, proposed_by, proposed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [write.context.tenant, id, rule, scope.kind, scope.id, owner, until, isBreakGlass, entry, proposedBy, proposedAt],
    );
  }

  async findMany(read: ReadContext, ids: readonly ExceptionId[]): Promise<readonly PolicyException[]> {
    const rows = await read.manager.query<ExceptionRow[]>(`select ${EXCEPTION} where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toException);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: ExceptionId): Promise<PolicyException | null> {
    const rows = await write.manager.query<ExceptionRow[]>(`select ${EXCEPTION} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toException(rows[0]) : null;
  }

  /** Those that count for a turn at `now`. */
  async standing(read: ReadContext, place: ExceptionPlace, now: Date): Promise<readonly PolicyException[]> {
    const rows = await read.manager.query<ExceptionRow[]>(
      `select ${EXCEPTION} where tenant = $1 and ${COUNTS} and until > $2
          and (scope_kind, scope) in (('use-case', $3), ('session', $4), ('asset', $5), ('subject', $6)) order by id`,
      [read.context.tenant, now, place.useCase, place.session, place.asset, place.subject ?? ''],
    );
    return rows.map(toException);
  }

  /** Newest first. */
  async page(read: ReadContext, { state, needsReview, first, after }: ExceptionPage, now: Date): Promise<readonly PolicyException[]> {
    const rows = await read.manager.query<ExceptionRow[]>(
      `select ${EXCEPTION} where tenant = $1 and ($2::uuid is null or id < $2)
          and (not $3::boolean or (break_glass and reviewed_at is null))
          and ($4::text is null or $4 = case when ended_at is not null then 'ended' when until <= $5 then 'expired'
            when approved_at is not null or break_glass then 'active' else 'proposed' end)
        order by id desc limit $6`,
      [read.context.tenant, after, needsReview, state, now, first],
    );
    return rows.map(toException);
  }

  async approve(write: WriteContext, id: ExceptionId, { by, at }: NonNullable<PolicyException['approved']>): Promise<void> {
    await write.manager.query(`update policy_exception set approved_by = $3, approved_at = $4 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      by,
      at,
    ]);
  }

  async review(
    write: WriteContext,
    id: ExceptionId,
    { by, at, justified, entry }: NonNullable<PolicyException['reviewed']>,
  ): Promise<void> {
    await write.manager.query(
      `update policy_exception set reviewed_by = $3, reviewed_at = $4, justified = $5, review_entry = $6 where tenant = $1 and id = $2`,
      [write.context.tenant, id, by, at, justified, entry],
    );
  }

  async end(write: WriteContext, id: ExceptionId, { by, at, entry }: NonNullable<PolicyException['ended']>): Promise<void> {
    await write.manager.query(`update policy_exception set ended_by = $3, ended_at = $4, end_entry = $5 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      by,
      at,
      entry,
    ]);
  }
}
