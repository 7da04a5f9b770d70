import type { BlobId, ConsentId, SubjectId } from '@imprimatur/kernel';

/** What a scan or a signed form may be. */
export const EVIDENCE_FORMATS = ['pdf', 'jpeg', 'png'] as const;
export type EvidenceFormat = (typeof EVIDENCE_FORMATS)[number];

/** A file that shows what was agreed to: a signed form, a scan. The bytes are kept sealed for everybody it names. */
export interface ConsentEvidence {
  readonly consent: ConsentId;
  /** 1, 2, 3 ... per consent. */
  readonly number: number;
  /** Of the consent when it was added. */
  readonly version: number;
  readonly blob: BlobId;
  readonly format: EvidenceFormat;
  readonly sizeBytes: number;
  /** 32 bytes; null: the person was erased, or the time to keep it is over. */
  readonly sha256: Uint8Array | null;
  readonly addedBy: SubjectId | null;
  readonly addedAt: Date;
}

/** A file that was stored, before anything is said of it. */
export type NewEvidence = Pick<ConsentEvidence, 'blob' | 'format' | 'sizeBytes'> & { readonly sha256: Uint8Array };
