import { allow, type Member, MemberService, rolesThatMay } from '@imprimatur/domain/identity';
import type { SubjectId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { AbsenceRepository } from '../absences/absence.repository.js';
import { ClaimRepository } from '../claims/claim.repository.js';
import { answersFor } from '../claims/claim.rules.js';
import type { ReviewTask, TaskPage } from '../review.types.js';
import { QueueRepository } from './queue.repository.js';
import type { QueueStanding, Reviewer } from './queue.types.js';

const PAGE_MAX = 101;
const REVIEWERS_MAX = 100;

/** What waits, and who is at it. Empty for an actor who may not claim. */
@Injectable()
export class QueueService {
  constructor(
    private readonly queues: QueueRepository,
    private readonly claims: ClaimRepository,
    private readonly absences: AbsenceRepository,
    private readonly members: MemberService,
  ) {}

  /** Tasks that wait, most urgent first, at most 100 and the one that tells of more. */
  async list(read: ReadContext, page: TaskPage): Promise<readonly ReviewTask[]> {
    if (allow(read.context, 'claim', 'ReviewTask')) return [];
    const { subject } = read.context.actor;
    const responsible = page.isMine && subject !== null ? answersFor(subject, await this.claims.absent(read)) : [];
    return this.queues.list(read, { ...page, first: Math.min(page.first, PAGE_MAX) }, subject, responsible);
  }

  /** Queues in which something waits, by name. */
  async standings(read: ReadContext): Promise<readonly QueueStanding[]> {
    return allow(read.context, 'claim', 'ReviewTask') ? [] : this.queues.standings(read);
  }

  /** Those who may decide, and what each holds, the last seen first; `queue`: only those who hold something of it. At most 100. */
  async reviewers(read: ReadContext, queue: string | null): Promise<readonly Reviewer[]> {
    if (allow(read.context, 'claim', 'ReviewTask')) return [];
    const members = await this.members.holdersOf(read, rolesThatMay('decide', 'ReviewTask'), REVIEWERS_MAX);
    const held = await this.queues.held(read, queue);
    const holding = members.filter(({ subject }) => queue === null || held.some(({ claim }) => claim?.by === subject.id));
    return this.withPresence(read, holding, held);
  }

  private async withPresence(read: ReadContext, members: readonly Member[], held: readonly ReviewTask[]): Promise<readonly Reviewer[]> {
    const ids = members.map(({ subject }): SubjectId => subject.id);
    const [seen, away] = [await this.queues.seen(read, ids), await this.absences.of(read, ids)];
    return members
      .map(({ subject }) => ({
        subject: subject.id,
        ref: subject.ref,
        name: subject.displayName,
        seenAt: seen.get(subject.id) ?? null,
        absence: away.get(subject.id) ?? null,
        holds: held.filter(({ claim }) => claim?.by === subject.id),
      }))
      .sort((one, other) => (other.seenAt?.getTime() ?? 0) - (one.seenAt?.getTime() ?? 0));
  }
}
