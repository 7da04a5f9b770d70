import { MemberService, rolesThatMay } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { ok, refuse, type Result, type SubjectId, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { reviewerOf } from '../review.actor.js';
import type { ReviewRefusal } from '../review.refusals.js';
import { absenceSet } from './absence.events.js';
import { AbsenceRepository } from './absence.repository.js';
import { absenceRefused } from './absence.rules.js';
import type { Absence, NewAbsence } from './absence.types.js';

/** Reviewers who are away. Everybody sets their own. */
@Injectable()
export class AbsenceService {
  constructor(
    private readonly absences: AbsenceRepository,
    private readonly members: MemberService,
    private readonly ledger: Ledger,
  ) {}

  /** In place of the one before. Null: the reviewer is back. */
  async set(write: WriteContext, absence: NewAbsence | null): Promise<Result<Absence | null, ReviewRefusal>> {
    const reviewer = reviewerOf(write, 'claim');
    if (!reviewer.ok) return reviewer;
    const mayDeputise = absence !== null && absence.deputy !== null && (await this.mayDecide(write, absence.deputy));
    const refused = absence && absenceRefused(absence, reviewer.value, mayDeputise, systemClock.now());
    if (refused) return refuse(refused);
    const entry = await this.ledger.append(write, absenceSet(reviewer.value, absence));
    if (absence === null) await this.absences.clear(write, reviewer.value);
    else await this.absences.set(write, reviewer.value, absence, entry.id);
    return ok(absence);
  }

  /** The reader's own; null: none that is not over. */
  async own(read: ReadContext): Promise<Absence | null> {
    const { subject } = read.context.actor;
    return subject === null ? null : ((await this.absences.of(read, [subject])).get(subject) ?? null);
  }

  private async mayDecide(read: ReadContext, subject: SubjectId): Promise<boolean> {
    const roles = (await this.members.rolesOf(read, [subject])).get(subject) ?? [];
    return roles.some((role) => rolesThatMay('decide', 'ReviewTask').includes(role));
  }
}
