import type { ConflictId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ReviewTask } from '../review.types.js';
import type { ReviewConflict } from './decision.types.js';

const COLUMNS = `id, reviewer, kind, target, entry, declared_at as "declaredAt"`;

@Injectable()
export class ConflictRepository {
  async insert(write: WriteContext, { id, reviewer, kind, target, entry, declaredAt }: ReviewConflict): Promise<void> {
    await write.manager.query(
      `insert into review_conflict (tenant, id, reviewer, kind, target, entry, declared_at) values ($1, $2, $3, $4, $5, $6, $7)`,
      [write.context.tenant, id, reviewer, kind, target, entry, declaredAt],
    );
  }

  async find(
    read: ReadContext,
    { reviewer, kind, target }: Pick<ReviewConflict, 'reviewer' | 'kind' | 'target'>,
  ): Promise<ReviewConflict | null> {
    const rows = await read.manager.query<ReviewConflict[]>(
      `select ${COLUMNS} from review_conflict where tenant = $1 and reviewer = $2 and kind = $3 and target = $4`,
      [read.context.tenant, reviewer, kind, target],
    );
    return rows[0] ?? null;
  }

  async findMany(read: ReadContext, ids: readonly ConflictId[]): Promise<readonly ReviewConflict[]> {
    return read.manager.query<ReviewConflict[]>(`select ${COLUMNS} from review_conflict where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
  }

  /** Newest first. */
  async page(
    read: ReadContext,
    { first, after }: { readonly first: number; readonly after: string | null },
  ): Promise<readonly ReviewConflict[]> {
    return read.manager.query<ReviewConflict[]>(
      `select ${COLUMNS} from review_conflict where tenant = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [read.context.tenant, after, first],
    );
  }

  /** Whether `reviewer` declared a conflict that concerns the task. */
  async concerns(read: ReadContext, task: ReviewTask, reviewer: SubjectId): Promise<boolean> {
    const people = [task.requester, task.lastEditor, ...task.depicted].filter((who) => who !== null);
    const rows = await read.manager.query<unknown[]>(
      `select 1 from review_conflict where tenant = $1 and reviewer = $2 and (
         (kind = 'session' and target = $3) or (kind = 'asset' and target = $4) or (kind = 'subject' and target = any ($5::uuid[]))) limit 1`,
      [read.context.tenant, reviewer, task.session, task.asset, people],
    );
    return rows.length > 0;
  }
}
