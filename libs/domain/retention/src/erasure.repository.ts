import type { EntryId, ErasureId, JsonObject, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { CopyCount, Erasure, ErasureCopy } from './retention.types.js';

interface ErasureRow {
  readonly id: ErasureId;
  readonly subject: SubjectId;
  readonly plan_digest: Buffer;
  readonly report: JsonObject;
  readonly entry: EntryId;
  readonly requested_by: SubjectId | null;
  readonly requested_at: Date;
  readonly completed_at: Date | null;
}

export interface ErasurePage {
  readonly first: number;
  /** Id of the last erasure of the page before. */
  readonly after: string | null;
}

const ERASURE = `id, subject, plan_digest, report, entry, requested_by, requested_at, completed_at from erasure`;

function toErasure(row: ErasureRow): Erasure {
  return {
    id: row.id,
    subject: row.subject,
    planDigest: row.plan_digest,
    report: row.report,
    entry: row.entry,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    completedAt: row.completed_at,
  };
}

@Injectable()
export class ErasureRepository {
  async find(read: ReadContext, id: ErasureId): Promise<Erasure | null> {
    const rows = await read.manager.query<ErasureRow[]>(`select ${ERASURE} where tenant = $1 and id = $2`, [read.context.tenant, id]);
    return rows[0] ? toErasure(rows[0]) : null;
  }

  async ofSubject(read: ReadContext, subject: SubjectId): Promise<Erasure | null> {
    const rows = await read.manager.query<ErasureRow[]>(`select ${ERASURE} where tenant = $1 and subject = $2`, [
      read.context.tenant,
      subject,
    ]);
    return rows[0] ? toErasure(rows[0]) : null;
  }

  /** Newest first. */
  async page(read: ReadContext, { first, after }: ErasurePage): Promise<readonly Erasure[]> {
    const rows = await read.manager.query<ErasureRow[]>(
      `select ${ERASURE} where tenant = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [read.context.tenant, after, first],
    );
    return rows.map(toErasure);
  }

  async insert(write: WriteContext, erasure: Erasure, copies: readonly ErasureCopy[]): Promise<void> {
    const { tenant } = write.context;
    await write.manager.query(
      `insert into erasure (tenant, id, subject, plan_digest, report, entry, requested_by, requested_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        tenant,
        erasure.id,
        erasure.subject,
        Buffer.from(erasure.planDigest),
        JSON.stringify(erasure.report),
        erasure.entry,
        erasure.requestedBy,
        erasure.requestedAt,
      ],
    );
    await write.manager.query(`insert into erasure_copy (tenant, erasure, kind, id) select $1, $2, * from unnest($3::text[], $4::text[])`, [
      tenant,
      erasure.id,
      copies.map(({ kind }) => kind),
      copies.map(({ id }) => id),
    ]);
  }

  /** Of one kind, what is still there; at most `limit`. */
  async remaining(read: ReadContext, id: ErasureId, kind: string, limit: number): Promise<readonly string[]> {
    const rows = await read.manager.query<{ id: string }[]>(
      `select id from erasure_copy where tenant = $1 and erasure = $2 and kind = $3 and done_at is null order by id limit $4`,
      [read.context.tenant, id, kind, limit],
    );
    return rows.map((row) => row.id);
  }

  async all(read: ReadContext, id: ErasureId, kind: string): Promise<readonly string[]> {
    const rows = await read.manager.query<{ id: string }[]>(
      `select id from erasure_copy where tenant = $1 and erasure = $2 and kind = $3 order by id`,
      [read.context.tenant, id, kind],
    );
    return rows.map((row) => row.id);
  }

  async markDone(write: WriteContext, id: ErasureId, kind: string, copies: readonly string[], at: Date): Promise<void> {
    await write.manager.query(
      `update erasure_copy set done_at = $5 where tenant = $1 and erasure = $2 and kind = $3 and id = any ($4::text[]) and done_at is null`,
      [write.context.tenant, id, kind, [...copies], at],
    );
  }

  async counts(read: ReadContext, id: ErasureId): Promise<readonly CopyCount[]> {
    return read.manager.query<CopyCount[]>(
      `select kind, count(*)::int as planned, count(done_at)::int as done from erasure_copy where tenant = $1 and erasure = $2
        group by kind order by kind`,
      [read.context.tenant, id],
    );
  }

  /** False: it was complete already. */
  async complete(write: WriteContext, id: ErasureId, entry: EntryId, at: Date): Promise<boolean> {
    const [, changed] = await write.manager.query<[unknown, number]>(
      `update erasure set completed_at = $4, completed_entry = $3 where tenant = $1 and id = $2 and completed_at is null`,
      [write.context.tenant, id, entry, at],
    );
    return changed === 1;
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: ErasureId): Promise<Erasure | null> {
    const rows = await write.manager.query<ErasureRow[]>(`select ${ERASURE} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toErasure(rows[0]) : null;
  }
}
