import { Injectable } from '@nestjs/common';
import {
  fromHex,
  toHex,
  type AssetId,
  type DecisionId,
  type EntryId,
  type ItemId,
  type SessionId,
  type SubjectId,
  type TaskId,
  type TurnId,
  type VersionId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { ReviewDecisionRow, ReviewTaskRow } from './review.entity.js';
import type { HeldTask } from './review.rules.js';
import type { ReviewDecision, ReviewOutcome, ReviewTask, Slot, TaskKind, TaskState } from './review.types.js';

export function toTask(row: ReviewTaskRow): ReviewTask {
  return {
    id: row.id as TaskId,
    asset: row.asset as AssetId,
    turn: row.turn as TurnId,
    item: row.item as ItemId,
    version: row.version as VersionId | null,
    contentDigest: row.contentDigest,
    queue: row.queue,
    priority: row.priority,
    dueAt: row.dueAt,
    findings: row.findings,
    bundleHash: toHex(row.bundleHash),
    requester: row.requester as SubjectId | null,
    lastEditor: row.lastEditor as SubjectId | null,
    depicted: row.depicted as SubjectId[],
    session: row.session as SessionId | null,
    kind: row.kind as TaskKind,
    slots: row.slots as Slot[],
    follows: row.follows as TaskId | null,
    policyAuthor: row.policyAuthor as SubjectId | null,
    involved: row.involved as SubjectId[],
    deciders: row.deciders as SubjectId[],
    state: row.state as TaskState,
    openedAt: row.openedAt,
    claim: row.claimedBy !== null && row.leaseUntil !== null ? { by: row.claimedBy as SubjectId, until: row.leaseUntil } : null,
    delegatedTo: row.delegatedTo as SubjectId | null,
    restsUntil: row.restsUntil,
    breachedAt: row.breachedAt,
    endedAt: row.endedAt,
  };
}

function toDecision(row: ReviewDecisionRow): ReviewDecision {
  return {
    id: row.id as DecisionId,
    task: row.task as TaskId,
    reviewer: row.reviewer as SubjectId,
    outcome: row.outcome as ReviewOutcome,
    reasonCode: row.reasonCode,
    bundleHash: toHex(row.bundleHash),
    entry: row.entry as EntryId,
    decidedAt: row.decidedAt,
    slot: row.slot,
    takesEffectAt: row.takesEffectAt,
  };
}

/** The claim as it was made: what came before it decides whether somebody was replaced. */
export interface Claim {
  readonly token: string;
  readonly until: Date;
}

/**
 * Leases are measured by the database's clock alone (`clock_timestamp()`): reviewers are served by several processes, whose clocks may
 * differ by more than a lease should. Whatever offers tasks goes by the indexes of `claims/offer.repository.ts`; whatever lists them, by `ended_at is null`.
 */
@Injectable()
export class ReviewRepository {
  async insert(write: WriteContext, task: ReviewTask): Promise<void> {
    await write.manager.insert(ReviewTaskRow, {
      ...task,
      tenant: write.context.tenant,
      contentDigest: task.contentDigest && Buffer.from(task.contentDigest),
      bundleHash: Buffer.from(fromHex(task.bundleHash)),
      findings: [...task.findings],
      depicted: [...task.depicted],
      slots: [...task.slots],
      involved: [...task.involved],
      deciders: [...task.deciders],
    });
  }

  async find(read: ReadContext, id: TaskId): Promise<ReviewTask | null> {
    const row = await read.manager.findOneBy(ReviewTaskRow, { tenant: read.context.tenant, id });
    return row && toTask(row);
  }

  /** The row stays locked until the transaction ends: a claim, a decision and a voiding of one task happen one after the other. */
  async lock(write: WriteContext, id: TaskId): Promise<HeldTask | null> {
    const { entities, raw } = await write.manager
      .createQueryBuilder(ReviewTaskRow, 't')
      .addSelect('coalesce(t.lease_until > clock_timestamp(), false)', 'running')
      .where('t.tenant = :tenant and t.id = :id', { tenant: write.context.tenant, id })
      .setLock('pessimistic_write')
      .getRawAndEntities<{ running: boolean }>();
    const [row] = entities;
    return row ? { task: toTask(row), token: row.leaseToken, isLeaseRunning: raw[0]?.running ?? false } : null;
  }

  /** Locks the task of `item` that still waits; there is at most one. */
  async lockWaiting(write: WriteContext, item: ItemId): Promise<ReviewTask | null> {
    const row = await write.manager
      .createQueryBuilder(ReviewTaskRow, 't')
      .where('t.tenant = :tenant and t.item = :item and t.ended_at is null', { tenant: write.context.tenant, item })
      .setLock('pessimistic_write')
      .getOne();
    return row && toTask(row);
  }

  /** Locks every task of `items` that waits, in the order of their ids. */
  async lockWaitingOf(write: WriteContext, items: readonly ItemId[]): Promise<void> {
    await write.manager.query(
      `select 1 from review_task where tenant = $1 and item = any ($2::uuid[]) and ended_at is null order by id for update`,
      [write.context.tenant, [...items]],
    );
  }

  /** Gives the locked task to `reviewer` under a new token. */
  async claim(write: WriteContext, id: TaskId, reviewer: SubjectId, leaseSeconds: number): Promise<Claim> {
    const rows = await write.manager.query<[{ lease_token: string; lease_until: Date }[], number]>(
      `update review_task
          set state = 'claimed', claimed_by = $3, lease_token = gen_random_uuid(), lease_until = clock_timestamp() + make_interval(secs => $4),
              delegated_to = null, rests_until = null
        where tenant = $1 and id = $2
        returning lease_token, lease_until`,
      [write.context.tenant, id, reviewer, leaseSeconds],
    );
    const [claimed] = rows[0];
    if (!claimed) throw new Error('a locked task was not there to be claimed');
    return { token: claimed.lease_token, until: claimed.lease_until };
  }

  async extend(write: WriteContext, id: TaskId, leaseSeconds: number): Promise<Date> {
    const rows = await write.manager.query<[{ lease_until: Date }[], number]>(
      `update review_task set lease_until = clock_timestamp() + make_interval(secs => $3) where tenant = $1 and id = $2 returning lease_until`,
      [write.context.tenant, id, leaseSeconds],
    );
    const [extended] = rows[0];
    if (!extended) throw new Error('a locked task was not there to be extended');
    return extended.lease_until;
  }

  /** Sets a new state and takes the task out of whoever's hands. `endedAt`: null for a task that waits again. */
  async settle(write: WriteContext, id: TaskId, state: Exclude<TaskState, 'claimed'>, endedAt: Date | null): Promise<void> {
    await write.manager.update(
      ReviewTaskRow,
      { tenant: write.context.tenant, id },
      { state, endedAt, claimedBy: null, leaseToken: null, leaseUntil: null, delegatedTo: null, restsUntil: null },
    );
  }

  /** Of the content's digest the database keeps a commitment, under the task's salt. */
  async insertDecision(
    write: WriteContext,
    decision: ReviewDecision,
    { leaseToken, contentDigest }: { readonly leaseToken: string; readonly contentDigest: Uint8Array },
  ): Promise<void> {
    await write.manager.insert(ReviewDecisionRow, {
      ...decision,
      tenant: write.context.tenant,
      contentDigest: Buffer.from(contentDigest),
      bundleHash: Buffer.from(fromHex(decision.bundleHash)),
      leaseToken,
    });
  }

  async decisions(read: ReadContext, tasks: readonly TaskId[]): Promise<readonly ReviewDecision[]> {
    if (tasks.length === 0) return [];
    const rows = await read.manager
      .createQueryBuilder(ReviewDecisionRow, 'd')
      .where('d.tenant = :tenant and d.task in (:...tasks)', { tenant: read.context.tenant, tasks })
      .orderBy('d.id')
      .getMany();
    return rows.map(toDecision);
  }

  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly ReviewTask[]> {
    if (items.length === 0) return [];
    const rows = await read.manager
      .createQueryBuilder(ReviewTaskRow, 't')
      .where('t.tenant = :tenant and t.item in (:...items)', { tenant: read.context.tenant, items })
      .orderBy('t.id')
      .getMany();
    return rows.map(toTask);
  }
}
