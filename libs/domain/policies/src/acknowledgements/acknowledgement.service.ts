import { hash } from 'node:crypto';
import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { usageTextDigest } from '@imprimatur/formats/policy';
import { type BundleId, notFound, ok, refuse, type Result, type SubjectId, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { PolicyService } from '../policy.service.js';
import type { ActivePolicy } from '../policy.types.js';
import { policyAcknowledged } from './acknowledgement.events.js';
import { type AcknowledgementRefusal, nothingToAcknowledge, policyNotCurrent } from './acknowledgement.refusals.js';
import { AcknowledgementRepository } from './acknowledgement.repository.js';
import type { Acknowledgement, UsageDuty } from './acknowledgement.types.js';

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/** Who has acknowledged the text that the policy asks everybody to read before they edit. */
@Injectable()
export class AcknowledgementService {
  constructor(
    private readonly acknowledgements: AcknowledgementRepository,
    private readonly policies: PolicyService,
    private readonly ledger: Ledger,
  ) {}

  /** `bundle` says which text was read: a bundle never changes, so it must be the one that counts now. Again: the first time. */
  async acknowledge(write: WriteContext, bundle: BundleId): Promise<Result<Acknowledgement, AcknowledgementRefusal>> {
    const denied = allow(write.context, 'create', 'Acknowledgement');
    if (denied) return refuse(denied);
    const { subject } = write.context.actor;
    if (subject === null) return refuse(notFound('person'));
    const policy = await this.policies.active(write);
    if (policy.id !== bundle) return refuse(policyNotCurrent());
    const text = policy.status === 'ready' ? policy.data.usageText : null;
    if (text === null) return refuse(nothingToAcknowledge());
    const digest = usageTextDigest(text, sha256);
    await this.acknowledgements.lockPerson(write, subject);
    const present = await this.acknowledgements.find(write, subject, digest);
    if (present) return ok(present);
    const made = { subject, digest, version: text.version, bundle, acknowledgedAt: systemClock.now() };
    const { id: entry } = await this.ledger.append(write, policyAcknowledged(made));
    const acknowledgement = { ...made, entry };
    await this.acknowledgements.insert(write, acknowledgement);
    return ok(acknowledgement);
  }

  /** What `policy` asks this person to acknowledge; null: nothing. The caller authorised. */
  async duty(read: ReadContext, policy: ActivePolicy, subject: SubjectId): Promise<UsageDuty | null> {
    if (policy.status !== 'ready' || policy.data.usageText === null) return null;
    const text = policy.data.usageText;
    const found = await this.acknowledgements.find(read, subject, usageTextDigest(text, sha256));
    return { bundle: policy.id, text, acknowledgedAt: found?.acknowledgedAt ?? null };
  }

  /** The policy's fact `policyAcknowledged`: nobody has acknowledged anything for a turn that nobody asked for. */
  async isAcknowledged(read: ReadContext, policy: ActivePolicy, subject: SubjectId | null): Promise<boolean> {
    if (policy.status !== 'ready' || policy.data.usageText === null) return true;
    return subject !== null && (await this.duty(read, policy, subject))?.acknowledgedAt != null;
  }
}
