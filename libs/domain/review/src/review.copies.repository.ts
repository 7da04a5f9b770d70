import type { AssetId, ItemId, SubjectId, TaskId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** A task keeps the digest of what its reviewer saw. */
export interface ReviewCopy {
  readonly task: TaskId;
  readonly item: ItemId;
  readonly isWaiting: boolean;
  readonly openedAt: Date;
}

export interface EndedReviews {
  readonly before: Date;
  readonly exceptAssets: readonly AssetId[];
  readonly exceptItems: readonly ItemId[];
  readonly limit: number;
}

/** Digests of what was reviewed, and who was about to. It asks nobody's permission. */
@Injectable()
export class ReviewCopies {
  /** Of tasks on one of these versions, or on one of these items before anything was rendered. */
  async of(read: ReadContext, versions: readonly VersionId[], items: readonly ItemId[]): Promise<readonly ReviewCopy[]> {
    return read.manager.query<ReviewCopy[]>(
      `select id as task, item, ended_at is null as "isWaiting", opened_at as "openedAt" from review_task
        where tenant = $1 and content_digest is not null and (version = any ($2::uuid[]) or item = any ($3::uuid[])) order by id`,
      [read.context.tenant, [...versions], [...items]],
    );
  }

  /** The digest and the salt of the decision's commitment to it: who decided what stays, what it was made on cannot be told any more. */
  async destroyDigests(write: WriteContext, tasks: readonly string[]): Promise<void> {
    await write.manager.query(
      `update review_task set content_digest = null, content_salt = null
        where tenant = $1 and id = any ($2::uuid[]) and content_digest is not null`,
      [write.context.tenant, [...tasks]],
    );
  }

  /** Tasks that ended before and still have their digest, oldest first. */
  async ended(read: ReadContext, { before, exceptAssets, exceptItems, limit }: EndedReviews): Promise<readonly TaskId[]> {
    const rows = await read.manager.query<{ id: TaskId }[]>(
      `select id from review_task where tenant = $1 and ended_at < $2 and content_digest is not null
          and not asset = any ($3::uuid[]) and not item = any ($4::uuid[]) order by ended_at, id limit $5`,
      [read.context.tenant, before, [...exceptAssets], [...exceptItems], limit],
    );
    return rows.map(({ id }) => id);
  }

  /** When somebody was last seen, and when they are away, is nobody's business once they are erased; nor are they anybody's deputy. */
  async forgetReviewer(write: WriteContext, reviewer: SubjectId): Promise<void> {
    const values = [write.context.tenant, reviewer];
    await write.manager.query(`delete from reviewer_presence where tenant = $1 and reviewer = $2`, values);
    await write.manager.query(`delete from reviewer_absence where tenant = $1 and reviewer = $2`, values);
    await write.manager.query(`update reviewer_absence set deputy = null where tenant = $1 and deputy = $2`, values);
  }
}
