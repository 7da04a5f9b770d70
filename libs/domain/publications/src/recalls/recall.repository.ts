import type { EntryId, ExportId, RecallId, SubjectId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type {
  Recall,
  RecallAnswer,
  RecallBatch,
  RecallFreed,
  RecallKind,
  RecallOutcome,
  RecallPage,
  RecallRecipient,
} from './recall.types.js';

interface RecallRow {
  readonly id: RecallId;
  readonly kind: RecallKind;
  readonly value: string | null;
  readonly state: Recall['state'];
  readonly entry: EntryId;
  readonly opened_by: SubjectId | null;
  readonly opened_at: Date;
  readonly versions_blocked: number;
  readonly exports_flagged: number;
  readonly cursor: string | null;
  readonly closed_by: SubjectId | null;
  readonly closed_at: Date | null;
  readonly outcome: RecallOutcome | null;
  readonly close_entry: EntryId | null;
}

interface RecipientRow {
  readonly recall: RecallId;
  readonly subject: SubjectId;
  readonly exports: ExportId[];
  readonly reminders: number;
  readonly answer: RecallAnswer | null;
  readonly answered_at: Date | null;
}

const RECALL = `id, kind, value, state, entry, opened_by, opened_at, versions_blocked, exports_flagged, cursor, closed_by, closed_at, outcome, close_entry
  from recall`;
const RECIPIENT = 'recall, subject, exports, reminders, answer, answered_at from recall_recipient';

function toRecall(row: RecallRow): Recall {
  const { closed_at: at, outcome, close_entry: entry } = row;
  return {
    ...{ id: row.id, kind: row.kind, value: row.value, state: row.state, entry: row.entry, cursor: row.cursor },
    openedBy: row.opened_by,
    openedAt: row.opened_at,
    versionsBlocked: row.versions_blocked,
    exportsFlagged: row.exports_flagged,
    closed: at && outcome && entry ? { by: row.closed_by, at, outcome, entry } : null,
  };
}

function toRecipient({ recall, subject, exports, reminders, answer, answered_at: at }: RecipientRow): RecallRecipient {
  return { recall, subject, exports, reminders, answered: answer && at ? { answer, at } : null };
}

@Injectable()
export class RecallRepository {
  async insert(write: WriteContext, { id, kind, value, state, entry, openedBy, openedAt }: Recall): Promise<void> {
    await write.manager.query(
      `insert into recall (tenant, id, kind, value, state, entry, opened_by, opened_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [write.context.tenant, id, kind, value, state, entry, openedBy, openedAt],
    );
  }

  async findMany(read: ReadContext, ids: readonly RecallId[]): Promise<readonly Recall[]> {
    return this.recalls(read, 'id = any ($2::uuid[])', [[...ids]]);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: RecallId): Promise<Recall | null> {
    return (await this.recalls(write, 'id = $2 for update', [id]))[0] ?? null;
  }

  /** Newest first. */
  async page(read: ReadContext, { state, first, after }: RecallPage): Promise<readonly Recall[]> {
    return this.recalls(read, '($2::uuid is null or id < $2) and ($3::text is null or state = $3) order by id desc limit $4', [
      after,
      state,
      first,
    ]);
  }

  /** Counts what a batch reached, remembers what it blocked, and where the next begins. */
  async advance(write: WriteContext, id: RecallId, { versions, blocked, exportsFlagged, cursor }: RecallBatch): Promise<void> {
    await write.manager.query(
      `update recall set versions_blocked = versions_blocked + $3, exports_flagged = exports_flagged + $4, cursor = $5 where tenant = $1 and id = $2`,
      [write.context.tenant, id, blocked.length, exportsFlagged, cursor],
    );
    await write.manager.query(
      `insert into recall_version (tenant, recall, version, is_blocked)
         select $1, $2, reached.version, reached.version = any ($4::uuid[]) from unnest($3::uuid[]) reached (version)
         on conflict (tenant, recall, version) do update set is_blocked = recall_version.is_blocked or excluded.is_blocked`,
      [write.context.tenant, id, [...versions], [...blocked]],
    );
  }

  async setOpen(write: WriteContext, id: RecallId): Promise<void> {
    await write.manager.query(`update recall set state = 'open' where tenant = $1 and id = $2`, [write.context.tenant, id]);
  }

  async close(write: WriteContext, id: RecallId, { by, at, outcome, entry }: NonNullable<Recall['closed']>): Promise<void> {
    await write.manager.query(
      `update recall set state = 'closed', closed_by = $3, closed_at = $4, outcome = $5, close_entry = $6 where tenant = $1 and id = $2`,
      [write.context.tenant, id, by, at, outcome, entry],
    );
  }

  /** Every version that the recall reached. */
  async reached(read: ReadContext, id: RecallId): Promise<readonly VersionId[]> {
    const rows = await read.manager.query<{ version: VersionId }[]>(
      `select version from recall_version where tenant = $1 and recall = $2 order by version`,
      [read.context.tenant, id],
    );
    return rows.map(({ version }) => version);
  }

  /** What another recall that was not dismissed reaches too stays blocked, for that one from now on; answers the rest. The caller holds the versions. */
  async handOver(write: WriteContext, id: RecallId): Promise<RecallFreed> {
    const other = `select min(o.recall::text)::uuid from recall_version o join recall r on r.tenant = o.tenant and r.id = o.recall
      where o.tenant = $1 and o.version = own.version and o.recall <> $2 and r.outcome is distinct from 'dismissed'`;
    await write.manager.query(
      `update recall_version heir set is_blocked = true from recall_version own
        where own.tenant = $1 and own.recall = $2 and own.is_blocked and heir.tenant = $1 and heir.version = own.version and heir.recall = (${other})`,
      [write.context.tenant, id],
    );
    const rows = await write.manager.query<{ version: VersionId; is_blocked: boolean }[]>(
      `select version, is_blocked from recall_version own where tenant = $1 and recall = $2 and (${other}) is null order by version`,
      [write.context.tenant, id],
    );
    return {
      versions: rows.map(({ version }) => version),
      blocked: rows.flatMap(({ version, is_blocked }) => (is_blocked ? [version] : [])),
    };
  }

  /** Adds exports to what a person is asked about. */
  async addRecipient(write: WriteContext, recall: RecallId, subject: SubjectId, exports: readonly ExportId[]): Promise<void> {
    await write.manager.query(
      `insert into recall_recipient (tenant, recall, subject, exports) values ($1, $2, $3, $4)
        on conflict (tenant, recall, subject) do update
          set exports = array(select distinct unnest(recall_recipient.exports || excluded.exports) order by 1)`,
      [write.context.tenant, recall, subject, [...exports]],
    );
  }

  async recipients(read: ReadContext, recalls: readonly RecallId[]): Promise<readonly RecallRecipient[]> {
    const rows = await read.manager.query<RecipientRow[]>(
      `select ${RECIPIENT} where tenant = $1 and recall = any ($2::uuid[]) order by recall, subject`,
      [read.context.tenant, [...recalls]],
    );
    return rows.map(toRecipient);
  }

  /** What a person is still asked about, oldest first. */
  async askedOf(read: ReadContext, subject: SubjectId): Promise<readonly RecallRecipient[]> {
    const rows = await read.manager.query<RecipientRow[]>(
      `select ${RECIPIENT} where tenant = $1 and subject = $2 and answer is null order by recall`,
      [read.context.tenant, subject],
    );
    return rows.map(toRecipient);
  }

  /** False: they were not asked, or have answered. */
  async answer(write: WriteContext, recall: RecallId, subject: SubjectId, answer: RecallAnswer, at: Date): Promise<boolean> {
    const [, count] = await write.manager.query<[unknown[], number]>(
      `update recall_recipient set answer = $4, answered_at = $5 where tenant = $1 and recall = $2 and subject = $3 and answer is null`,
      [write.context.tenant, recall, subject, answer, at],
    );
    return count > 0;
  }

  async countReminder(write: WriteContext, recall: RecallId, subjects: readonly SubjectId[]): Promise<void> {
    await write.manager.query(
      `update recall_recipient set reminders = reminders + 1 where tenant = $1 and recall = $2 and subject = any ($3::uuid[])`,
      [write.context.tenant, recall, [...subjects]],
    );
  }

  private async recalls(read: ReadContext, condition: string, values: readonly unknown[]): Promise<readonly Recall[]> {
    const rows = await read.manager.query<RecallRow[]>(`select ${RECALL} where tenant = $1 and ${condition}`, [
      read.context.tenant,
      ...values,
    ]);
    return rows.map(toRecall);
  }
}
