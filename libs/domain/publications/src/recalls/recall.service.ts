import { allow } from '@imprimatur/domain/identity';
import { Ledger, LedgerReader } from '@imprimatur/domain/ledger';
import {
  assert,
  type ExportId,
  newId,
  notFound,
  ok,
  type RecallId,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
  type VersionId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { recallAnswered, recallClosed, recallOpened, recallReached, recallReminded } from './recall.events.js';
import type { RecallRefusal } from './recall.refusals.js';
import { RecallRepository } from './recall.repository.js';
import { closeRefusal, dismissalRefusal, reasonRefusal, recallRefusal, reminderAt } from './recall.rules.js';
import type {
  Recall,
  RecallAnswer,
  RecallBatch,
  RecallCriterion,
  RecallFreed,
  RecallOutcome,
  RecallPage,
  RecallRecipient,
} from './recall.types.js';

/** The kind of job that takes down what a recall reaches; payload: `recall`. */
export const RECALL_JOB = 'recall';
/** The kind of job that reminds people who have not answered; payload: `recall`, `given`. */
export const RECALL_REMINDER_JOB = 'recall-reminder';

/** What a recall must remember. What it does to pictures, exports and people is `flows/recalls`. */
@Injectable()
export class RecallService {
  constructor(
    private readonly recalls: RecallRepository,
    private readonly ledger: Ledger,
    private readonly reader: LedgerReader,
    private readonly jobs: Jobs,
  ) {}

  /** Why the actor may not recall by this criterion, or null. */
  openRefusal({ context }: ReadContext, criterion: RecallCriterion, reason: string): RecallRefusal | null {
    return allow(context, 'create', 'Recall') ?? recallRefusal(criterion, reason);
  }

  /** Records it and enqueues the work. */
  async open(write: WriteContext, criterion: RecallCriterion, reason: string): Promise<Result<Recall, RecallRefusal>> {
    const refused = this.openRefusal(write, criterion, reason);
    if (refused) return refuse(refused);
    const id = newId('recall');
    const { id: entry } = await this.ledger.append(write, recallOpened(id, criterion, reason));
    const recall: Recall = {
      ...{ id, entry, kind: criterion.kind, value: criterion.kind === 'hash' ? null : criterion.value },
      ...{ state: 'running', openedBy: write.context.actor.subject, openedAt: systemClock.now() },
      ...{ versionsBlocked: 0, exportsFlagged: 0, cursor: null, closed: null },
    };
    await this.recalls.insert(write, recall);
    await this.jobs.enqueue(write, { kind: RECALL_JOB, key: id, payload: { recall: id } });
    return ok(recall);
  }

  /** What the pictures have in common, with the value that the row does not have; for the flow. */
  async criterionOf(read: ReadContext, { kind, value, entry }: Recall): Promise<RecallCriterion> {
    const whole = value ?? (await this.reader.openText(read, entry, 'hash'));
    assert(whole !== null, 'the hash of a recall concerns nobody, and so is not erased');
    return { kind, value: whole };
  }

  /** Written with what the batch did, under the lock of the recall. */
  async advance(write: WriteContext, from: Recall, batch: RecallBatch, told: ReadonlyMap<SubjectId, readonly ExportId[]>): Promise<void> {
    await this.recalls.advance(write, from.id, batch);
    for (const [subject, exports] of told) await this.recalls.addRecipient(write, from.id, subject, exports);
    if (batch.blocked.length > 0 || batch.exportsFlagged > 0) await this.ledger.append(write, recallReached(from, batch));
  }

  /** running > open: everything is reached. Answers whom to tell; they are reminded from now on. */
  async reachedAll(write: WriteContext, { id, openedAt }: Recall): Promise<readonly RecallRecipient[]> {
    await this.recalls.setOpen(write, id);
    await this.scheduleReminder(write, id, openedAt, 0);
    return this.recalls.recipients(write, [id]);
  }

  /** Whom to remind now; none once it is closed. Counts them, and schedules the next time. */
  async remind(write: WriteContext, id: RecallId, given: number): Promise<readonly RecallRecipient[]> {
    const recall = await this.lock(write, id);
    if (recall?.state !== 'open') return [];
    const silent = (await this.recalls.recipients(write, [id])).filter(({ answered }) => answered === null);
    if (silent.length === 0) return [];
    await this.recalls.countReminder(
      write,
      id,
      silent.map(({ subject }) => subject),
    );
    await this.ledger.append(write, recallReminded(id, silent.length));
    await this.scheduleReminder(write, id, recall.openedAt, given + 1);
    return silent;
  }

  /** By whoever was asked. */
  async answer(write: WriteContext, id: RecallId, answer: RecallAnswer): Promise<Result<Recall, RecallRefusal>> {
    const { subject } = write.context.actor;
    const found = subject === null ? null : await this.lock(write, id);
    const own = (await this.recalls.recipients(write, [id])).find((each) => each.subject === subject);
    if (!found || subject === null || !own) return refuse(notFound('recall'));
    if (await this.recalls.answer(write, id, subject, answer, systemClock.now()))
      await this.ledger.append(write, recallAnswered(id, answer, own.exports.length));
    return ok(found);
  }

  /** Answers what is to be free again, which the caller, who holds all that it reached, sees to in the same transaction. */
  async close(
    write: WriteContext,
    id: RecallId,
    wish: { readonly outcome: RecallOutcome; readonly unanswered: boolean; readonly reason: string },
  ): Promise<Result<{ readonly recall: Recall; readonly freed: RecallFreed }, RecallRefusal>> {
    const { actor } = write.context;
    const denied = allow(write.context, 'create', 'Recall') ?? dismissalRefusal(actor, wish.outcome) ?? reasonRefusal(wish.reason);
    if (denied) return refuse(denied);
    const found = await this.lock(write, id);
    if (!found) return refuse(notFound('recall'));
    const unanswered = (await this.recalls.recipients(write, [id])).filter(({ answered }) => answered === null).length;
    const by = actor.subject;
    const refused = closeRefusal(found, by, wish, unanswered);
    if (refused) return refuse(refused);
    const { id: entry } = await this.ledger.append(write, recallClosed(found, wish.outcome, unanswered, wish.reason));
    const closed = { by, at: systemClock.now(), outcome: wish.outcome, entry };
    await this.recalls.close(write, id, closed);
    const freed = wish.outcome === 'dismissed' ? await this.recalls.handOver(write, id) : { versions: [], blocked: [] };
    return ok({ recall: { ...found, state: 'closed', closed }, freed });
  }

  /** Every version that it reached, for flows that authorised. */
  async reached(read: ReadContext, id: RecallId): Promise<readonly VersionId[]> {
    return this.recalls.reached(read, id);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: RecallId): Promise<Recall | null> {
    return this.recalls.lock(write, id);
  }

  async findMany(read: ReadContext, ids: readonly RecallId[]): Promise<readonly Recall[]> {
    return allow(read.context, 'read', 'Recall') ? [] : this.recalls.findMany(read, ids);
  }

  /** Newest first; the key of a page is the recall's id. */
  async list(read: ReadContext, page: RecallPage): Promise<readonly Recall[]> {
    return allow(read.context, 'read', 'Recall') ? [] : this.recalls.page(read, page);
  }

  async recipients(read: ReadContext, recalls: readonly RecallId[]): Promise<readonly RecallRecipient[]> {
    return allow(read.context, 'read', 'Recall') ? [] : this.recalls.recipients(read, recalls);
  }

  /** What the actor is still asked about, whatever their role. */
  async asked(read: ReadContext): Promise<readonly RecallRecipient[]> {
    const { subject } = read.context.actor;
    return subject === null ? [] : this.recalls.askedOf(read, subject);
  }

  private async scheduleReminder(write: WriteContext, recall: RecallId, openedAt: Date, given: number): Promise<void> {
    const runAt = reminderAt(openedAt, given);
    if (runAt) await this.jobs.enqueue(write, { kind: RECALL_REMINDER_JOB, key: `${recall}/${given}`, payload: { recall, given }, runAt });
  }
}
