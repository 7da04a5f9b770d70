import { hash } from 'node:crypto';
import { AssetService } from '@imprimatur/domain/assets';
import {
  type ConsentEvidence,
  ConsentService,
  evidenceUnreadable,
  EvidenceService,
  formatOf,
  signatoriesOf,
} from '@imprimatur/domain/consent';
import { allow } from '@imprimatur/domain/identity';
import { type ConsentId, refuse, type Result } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { ConsentFlowRefusal } from './consent.flow.refusals.js';

/** Keeps what was signed beside the record that says so. */
@Injectable()
export class EvidenceFlow {
  constructor(
    private readonly consents: ConsentService,
    private readonly evidence: EvidenceService,
    private readonly assets: AssetService,
  ) {}

  /** The bytes are sealed for the person and for whoever signed for them: the erasure of either destroys the file. */
  async add(write: WriteContext, consent: ConsentId, bytes: Uint8Array): Promise<Result<ConsentEvidence, ConsentFlowRefusal>> {
    const denied = allow(write.context, 'register', 'Consent');
    if (denied) return refuse(denied);
    const found = await this.consents.find(write, consent);
    if (!found.ok) return found;
    const format = formatOf(bytes);
    if (format === null) return refuse(evidenceUnreadable());
    const { id } = await this.assets.storeBlob(write, bytes, { format, subjects: signatoriesOf(found.value) });
    return this.evidence.add(write, consent, { blob: id, format, sizeBytes: bytes.length, sha256: hash('sha256', bytes, 'buffer') });
  }

  /** With its entry in the ledger, whether or not anybody reads the bytes to the end. */
  async open(
    write: WriteContext,
    consent: ConsentId,
    number: number,
  ): Promise<Result<{ readonly evidence: ConsentEvidence; readonly bytes: Uint8Array }, ConsentFlowRefusal>> {
    const opened = await this.evidence.open(write, consent, number);
    if (!opened.ok) return opened;
    const bytes = await this.assets.readBlob(write, opened.value.blob);
    return bytes.ok ? { ok: true, value: { evidence: opened.value, bytes: bytes.value } } : bytes;
  }
}
