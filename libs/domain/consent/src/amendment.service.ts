import { allow, SubjectService } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type ConsentId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { type Amendment, amendmentRefusal, termsOf } from './amendment.rules.js';
import { consentAmended } from './consent.events.js';
import type { ConsentRefusal } from './consent.refusals.js';
import { ConsentRepository } from './consent.repository.js';
import type { HeldConsent } from './consent.service.js';
import { representativeOf } from './consent.standing.js';
import type { ConsentRecord } from './consent.types.js';

/** Other terms under the same id. The gates ask the newest version from the commit on. */
@Injectable()
export class AmendmentService {
  constructor(
    private readonly consents: ConsentRepository,
    private readonly subjects: SubjectService,
    private readonly ledger: Ledger,
  ) {}

  /** What an amendment starts from. It may reach the pictures that withdrawals reach, so it takes its turn among them. */
  async hold(write: WriteContext, id: ConsentId): Promise<Result<HeldConsent, ConsentRefusal>> {
    const denied = allow(write.context, 'register', 'Consent');
    if (denied) return refuse(denied);
    await this.consents.lockWithdrawals(write);
    await this.consents.lock(write, id);
    const [record] = await this.consents.findMany(write, [id]);
    return record ? ok({ record, bindings: await this.consents.bindingsOf(write, id) }) : refuse(notFound('consent'));
  }

  /** Whether it could be done; asked before anything else is held. */
  refusal({ record }: HeldConsent, amendment: Amendment): ConsentRefusal | null {
    return amendmentRefusal(record, amendment, systemClock.now());
  }

  /** The new version of a record that was held and may be amended so. */
  async amend(write: WriteContext, { record, bindings }: HeldConsent, amendment: Amendment): Promise<ConsentRecord> {
    const acting = amendment.representative ? representativeOf(amendment.representative) : null;
    const signer = acting && (await this.subjects.create(write, { kind: 'person', displayName: acting.name }));
    const amended: ConsentRecord = {
      ...record,
      ...termsOf(record, amendment),
      representative: acting && signer ? { kind: acting.kind, basis: acting.basis, subject: signer.id } : record.representative,
      version: record.version + 1,
      registeredBy: write.context.actor.subject,
      createdAt: systemClock.now(),
    };
    await this.consents.insertVersion(write, amended);
    const told = { reason: amendment.reason.trim(), representative: acting?.name ?? null, isNewNotice: Boolean(amendment.noticeText) };
    await this.ledger.append(write, consentAmended(amended, bindings, told));
    return amended;
  }
}
