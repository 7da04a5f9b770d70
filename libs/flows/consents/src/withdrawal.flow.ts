import { type AttestationRefusal, AttestationService, ConsentService, stateAt } from '@imprimatur/domain/consent';
import { assert, systemClock, type AttestationId, type ConsentId, notFound, ok, refuse, type Result } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ConsentFlowRefusal } from './consent.flow.refusals.js';
import { ConsentReach } from './consent.reach.js';
import { type Ground, Takedown, type TakedownReport } from './takedown.js';

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
    return withdrawn.ok ? ok((await this.takedown.end(write, roots, holding, CONSENT)).report) : withdrawn;
  }

  /** The consent's time is over: the same, for whoever is the system. Null: it does not end now, because it was withdrawn or never had an end. */
  async expire(write: WriteContext, id: ConsentId): Promise<TakedownReport | null> {
    const held = await this.consents.holdForWithdrawal(write, id);
    assert(held.ok, 'the consent of a job exists');
    const { record, bindings } = held.value;
    if (stateAt(record, systemClock.now()) !== 'expired') return null;
    const roots = await this.reach.of(write, record, bindings);
    const holding = await this.takedown.hold(write, roots);
    await this.consents.recordExpired(write, record, bindings);
    return (await this.takedown.end(write, roots, holding, EXPIRY)).report;
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
    return ok(ended.value.confirmed === null ? NOTHING : (await this.takedown.end(write, made, holding, ATTESTATION)).report);
  }
}
