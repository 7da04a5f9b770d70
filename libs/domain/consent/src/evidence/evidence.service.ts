import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type ConsentId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ConsentRefusal } from '../consent.refusals.js';
import { ConsentRepository } from '../consent.repository.js';
import { evidenceAdded, evidenceDownloaded } from './evidence.events.js';
import { EvidenceRepository } from './evidence.repository.js';
import { EVIDENCE_FILES_MAX, evidenceTooMany } from './evidence.rules.js';
import { signatoriesOf } from '../consent.rules.js';
import type { ConsentEvidence, NewEvidence } from './evidence.types.js';

/** Files that show what was agreed to. Their bytes are the caller's to store, sealed for whoever they name. */
@Injectable()
export class EvidenceService {
  constructor(
    private readonly evidence: EvidenceRepository,
    private readonly consents: ConsentRepository,
    private readonly ledger: Ledger,
  ) {}

  /** Beside what is there: nothing is replaced. */
  async add(write: WriteContext, consent: ConsentId, file: NewEvidence): Promise<Result<ConsentEvidence, ConsentRefusal>> {
    const denied = allow(write.context, 'register', 'Consent');
    if (denied) return refuse(denied);
    await this.consents.lock(write, consent);
    const [record] = await this.consents.findMany(write, [consent]);
    if (!record) return refuse(notFound('consent'));
    const { length } = await this.evidence.ofConsents(write, [consent]);
    if (length >= EVIDENCE_FILES_MAX) return refuse(evidenceTooMany());
    const evidence: ConsentEvidence = {
      ...file,
      consent,
      number: length + 1,
      version: record.version,
      addedBy: write.context.actor.subject,
      addedAt: systemClock.now(),
    };
    const { id: entry } = await this.ledger.append(write, evidenceAdded(evidence, file, signatoriesOf(record)));
    await this.evidence.insert(write, evidence, entry);
    return ok(evidence);
  }

  /** For whoever may open such files: with the event, written before the bytes leave. */
  async open(write: WriteContext, consent: ConsentId, number: number): Promise<Result<ConsentEvidence, ConsentRefusal>> {
    const denied = allow(write.context, 'disclose', 'Consent');
    if (denied) return refuse(denied);
    const found = (await this.evidence.ofConsents(write, [consent])).find((each) => each.number === number);
    if (!found) return refuse(notFound('evidence file'));
    await this.ledger.append(write, evidenceDownloaded(found));
    return ok(found);
  }

  /** That they are there; none for an actor who may not read consents. By consent, oldest first. */
  async ofConsents(read: ReadContext, consents: readonly ConsentId[]): Promise<readonly ConsentEvidence[]> {
    return allow(read.context, 'read', 'Consent') ? [] : this.evidence.ofConsents(read, consents);
  }
}
