import { type AttestationRefusal, AttestationService, ConsentService, stateAt } from '@imprimatur/domain/consent';
import { type NoticeCause, NoticeService } from '@imprimatur/domain/notices';
import {
  assert,
  type AttestationId,
  type ConsentId,
  notFound,
  ok,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
  type VersionId,
} from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Later } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { addresseesOf } from './consent.addressees.js';
import type { ConsentFlowRefusal } from './consent.flow.refusals.js';
import { ConsentReach } from './consent.reach.js';
import { type Ground, type Held, Takedown, type TakedownReport } from './takedown.js';

const NOTHING: TakedownReport = { versionsBlocked: 0, itemsEnded: 0, tasksClosed: 0, exportsFlagged: 0, exportsStopped: 0 };
const CONSENT: Ground = { reason: 'consent-withdrawn', code: 'CONSENT_WITHDRAWN', standing: 'withdrawn', knownAs: 'withdrawn' };
/** What was published while it held was right then: whoever uses it should ask. */
const EXPIRY: Ground = { reason: 'consent-expired', code: 'CONSENT_EXPIRED', standing: 'flagged', knownAs: null };
const ATTESTATION: Ground = { reason: 'attestation-ended', code: 'ATTESTATION_ENDED', standing: 'withdrawn', knownAs: 'withdrawn' };

/** Ends a consent, or an attestation that none is needed, and with it everything that rests on it, in the caller's one transaction. */
@Injectable()
export class WithdrawalFlow {
  constructor(
    private readonly consents: ConsentService,
    private readonly attestations: AttestationService,
    private readonly reach: ConsentReach,
    private readonly takedown: Takedown,
    private readonly notices: NoticeService,
  ) {}

  /**
   * Locks in the order of everybody else (items, pictures, tasks, exports), and all of them before the first entry of the ledger, which holds
   * the head of its picture's history: whoever releases or exports is waited for and then undone, or waits and is refused.
   */
  async withdraw(write: WriteContext, id: ConsentId, reason: string): Promise<Result<TakedownReport, ConsentFlowRefusal>> {
    const held = await this.consents.holdForWithdrawal(write, id);
    if (!held.ok) return held;
    const { record, bindings } = held.value;
    const roots = await this.reach.of(write, record, bindings);
    const holding = await this.takedown.hold(write, roots);
    const withdrawn = await this.consents.withdraw(write, id, reason);
    if (!withdrawn.ok) return withdrawn;
    const { version, validUntil } = withdrawn.value;
    const told = { kind: 'consent-withdrawn', about: id, version, daysLeft: null, until: validUntil } as const;
    // who registered it is told by the withdrawal that was the first
    return ok(await this.end(write, roots, holding, CONSENT, told, record.state === 'given' ? record.registeredBy : null));
  }

  /** The consent's time is over: the same, for whoever is the system. Null: it does not end now, because it was withdrawn or never had an end. */
  async expire(write: WriteContext, id: ConsentId): Promise<TakedownReport | null> {
    const held = await this.consents.holdForWithdrawal(write, id);
    assert(held.ok, 'the consent of a job exists');
    const { record, bindings } = held.value;
    const now = systemClock.now();
    const state = stateAt(record, now);
    // the queue goes by the clock of the database, which may be ahead
    if (state === 'given' && record.validUntil !== null) throw new Later(record.validUntil.getTime() - now.getTime());
    if (state !== 'expired') return null;
    const roots = await this.reach.of(write, record, bindings);
    const holding = await this.takedown.hold(write, roots);
    await this.consents.recordExpired(write, record, bindings);
    const told = { kind: 'consent-expired', about: id, version: record.version, daysLeft: null, until: record.validUntil } as const;
    return this.end(write, roots, holding, EXPIRY, told, record.registeredBy);
  }

  /** The picture itself stays: nobody agreed to it, and nobody can withdraw it. What was made from it goes, if the attestation ever counted. */
  async endAttestation(
    write: WriteContext,
    id: AttestationId,
    reason: string,
  ): Promise<Result<TakedownReport, ConsentFlowRefusal | AttestationRefusal>> {
    const [found] = await this.attestations.findMany(write, [id]);
    if (!found) return refuse(notFound('attestation'));
    const holding = await this.takedown.hold(write, [found.version]);
    const ended = await this.attestations.end(write, id, reason);
    if (!ended.ok) return ended;
    const made = holding.versions.filter(({ parent }) => parent === found.version).map(({ id: child }) => child);
    // as it is now that it is held: it may have been confirmed a moment ago
    if (ended.value.confirmed === null) return ok(NOTHING);
    const told = { kind: 'attestation-ended', about: id, version: 1, daysLeft: null, until: null } as const;
    return ok(await this.end(write, made, holding, ATTESTATION, told, null));
  }

  private async end(
    write: WriteContext,
    roots: readonly VersionId[],
    held: Held,
    ground: Ground,
    cause: NoticeCause,
    registeredBy: SubjectId | null,
  ): Promise<TakedownReport> {
    const { report, exports } = await this.takedown.end(write, roots, held, ground);
    await this.notices.tell(write, cause, addresseesOf(exports, [registeredBy], write.context.actor.subject));
    return report;
  }
}
