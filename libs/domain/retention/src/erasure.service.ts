import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import {
  assert,
  type ErasureId,
  type JsonObject,
  newId,
  notFound,
  ok,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
  toHex,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { type ErasurePage, ErasureRepository } from './erasure.repository.js';
import { erasureCompleted, subjectErased } from './retention.events.js';
import type { ErasureRefusal } from './retention.refusals.js';
import type { CopyCount, Erasure, ErasureCopy } from './retention.types.js';

/** The job that removes what an erasure made unreadable; payload: `erasure`. */
export const ERASURE_JOB = 'erasure';
const DAY_MS = 86_400_000;

export interface NewErasure {
  readonly subject: SubjectId;
  readonly planDigest: Uint8Array;
  readonly report: JsonObject;
  /** Counts by kind, for the ledger. */
  readonly counts: JsonObject;
  readonly reason: string;
  readonly copies: readonly ErasureCopy[];
}

/** What an erasure must remember, from the moment everything is unreadable until nothing is left. The work is `flows/erasure`. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly erasures: ErasureRepository,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
  ) {}

  /** `subject.erased`, the list of what is to be removed, and the job that removes it. The caller authorised, and holds the guard. */
  async record(write: WriteContext, wish: NewErasure): Promise<Erasure> {
    const id = newId('erasure');
    const { subject, planDigest, report } = wish;
    const event = subjectErased({ id, subject, planDigest: toHex(planDigest) }, wish.counts, wish.reason);
    const entry = await this.ledger.append(write, event);
    const erasure: Erasure = {
      id,
      subject,
      planDigest,
      report,
      entry: entry.id,
      requestedBy: write.context.actor.subject,
      requestedAt: systemClock.now(),
      completedAt: null,
    };
    await this.erasures.insert(write, erasure, wish.copies);
    await this.jobs.enqueue(write, { kind: ERASURE_JOB, key: id, payload: { erasure: id } });
    return erasure;
  }

  /** A day from now. */
  async enqueueAgain(write: WriteContext, id: ErasureId): Promise<void> {
    const runAt = new Date(systemClock.now().getTime() + DAY_MS);
    await this.jobs.enqueue(write, { kind: ERASURE_JOB, key: id, payload: { erasure: id }, runAt });
  }

  /** The tenant's erasure of this subject; null: none, or not yours to see. */
  async ofSubject(read: ReadContext, subject: SubjectId): Promise<Erasure | null> {
    return allow(read.context, 'read', 'Erasure') ? null : this.erasures.ofSubject(read, subject);
  }

  async find(read: ReadContext, id: ErasureId): Promise<Result<Erasure, ErasureRefusal>> {
    const erasure = allow(read.context, 'read', 'Erasure') ? null : await this.erasures.find(read, id);
    return erasure ? ok(erasure) : refuse(notFound('erasure'));
  }

  /** Newest first; the key of a page is the erasure's id. */
  async list(read: ReadContext, page: ErasurePage): Promise<readonly Erasure[]> {
    return allow(read.context, 'read', 'Erasure') ? [] : this.erasures.page(read, page);
  }

  async counts(read: ReadContext, id: ErasureId): Promise<readonly CopyCount[]> {
    return allow(read.context, 'read', 'Erasure') ? [] : this.erasures.counts(read, id);
  }

  /** Of one kind, what is still to be removed; at most `limit`. */
  async remaining(read: ReadContext, id: ErasureId, kind: string, limit: number): Promise<readonly string[]> {
    return this.erasures.remaining(read, id, kind, limit);
  }

  /** Of one kind, everything, done or not. */
  async all(read: ReadContext, id: ErasureId, kind: string): Promise<readonly string[]> {
    return this.erasures.all(read, id, kind);
  }

  async markDone(write: WriteContext, id: ErasureId, kind: string, copies: readonly string[]): Promise<void> {
    await this.erasures.markDone(write, id, kind, copies, systemClock.now());
  }

  /** With `subject.erasure-completed`. Again: nothing. */
  async complete(write: WriteContext, id: ErasureId): Promise<void> {
    const erasure = await this.erasures.lock(write, id);
    assert(erasure, 'the erasure of a job exists');
    if (erasure.completedAt) return;
    const counts = await this.erasures.counts(write, id);
    assert(
      counts.every(({ planned, done }) => planned === done),
      'an erasure is complete when nothing is left of it',
    );
    const told = Object.fromEntries(counts.map(({ kind, done }) => [kind, done]));
    const entry = await this.ledger.append(write, erasureCompleted(id, erasure.subject, told));
    await this.erasures.complete(write, id, entry.id, systemClock.now());
  }
}
