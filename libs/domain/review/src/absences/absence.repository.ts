import type { EntryId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Absence } from './absence.types.js';

@Injectable()
export class AbsenceRepository {
  /** One absence per reviewer; the ledger has those before. */
  async set(write: WriteContext, reviewer: SubjectId, { from, until, deputy }: Absence, entry: EntryId): Promise<void> {
    await write.manager.query(
      `insert into reviewer_absence (tenant, reviewer, from_at, until_at, deputy, entry) values ($1, $2, $3, $4, $5, $6)
       on conflict (tenant, reviewer) do update
         set from_at = excluded.from_at, until_at = excluded.until_at, deputy = excluded.deputy, entry = excluded.entry`,
      [write.context.tenant, reviewer, from, until, deputy, entry],
    );
  }

  async clear(write: WriteContext, reviewer: SubjectId): Promise<void> {
    await write.manager.query(`delete from reviewer_absence where tenant = $1 and reviewer = $2`, [write.context.tenant, reviewer]);
  }

  /** Absences that are not over, of those of `reviewers` who have one. */
  async of(read: ReadContext, reviewers: readonly SubjectId[]): Promise<ReadonlyMap<SubjectId, Absence>> {
    const rows = await read.manager.query<{ reviewer: SubjectId; from: Date; until: Date; deputy: SubjectId | null }[]>(
      `select reviewer, from_at as "from", until_at as "until", deputy from reviewer_absence
        where tenant = $1 and reviewer = any ($2::uuid[]) and until_at > clock_timestamp()`,
      [read.context.tenant, [...reviewers]],
    );
    return new Map(rows.map(({ reviewer, ...absence }) => [reviewer, absence]));
  }
}
