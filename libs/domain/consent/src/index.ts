export type { Amendment } from './amendment.rules.js';
export { AmendmentService } from './amendment.service.js';
export type { AttestationRefusal } from './attestations/attestation.refusals.js';
export { stateOf as attestationStateOf } from './attestations/attestation.rules.js';
export { AttestationService } from './attestations/attestation.service.js';
export {
  type AttestationGround,
  ATTESTATION_GROUNDS,
  type AttestationState,
  type FaceAttestation,
  type NewAttestation,
} from './attestations/attestation.types.js';
export { ConsentCopies, type BindingCopy } from './consent.copies.repository.js';
export { type ConsentForm, faultsOf } from './consent.form.js';
export { ConsentMatcher } from './consent.matcher.js';
export { ConsentModule } from './consent.module.js';
export type { ConsentRefusal } from './consent.refusals.js';
export { ConsentRepository } from './consent.repository.js';
export { type CoveredFace } from './consent.cover.js';
export {
  countUncovered,
  covers,
  FINGERPRINT_DISTANCE_MAX,
  hamming,
  iou,
  IOU_MIN,
  kindsOfChange,
  kindsOfPast,
  overlaps,
  signatoriesOf,
  stateAt,
} from './consent.rules.js';
export { ConsentService, type HeldConsent } from './consent.service.js';
export {
  AGE_BANDS,
  CONSENT_METHODS,
  KINDS_OF_CHANGE,
  type AgeBand,
  type AskedUse,
  type BindingStrength,
  type ConsentBinding,
  type ConsentMethod,
  type ConsentOutcome,
  type ConsentRecord,
  type ConsentScope,
  type FaceBox,
  type FaceConsent,
  type KindOfChange,
  type MatchQuestion,
  type NewConsent,
  MODEL_RELEASES,
  type NearestRecord,
  type NewRepresentative,
  type NewScope,
  type PictureIdentity,
  PROPERTY_RELEASES,
  TRAINING_USE_CASE,
} from './consent.types.js';
export { EVIDENCE_BYTES_MAX, evidenceUnreadable, formatOf } from './evidence/evidence.rules.js';
export { EvidenceService } from './evidence/evidence.service.js';
export type { ConsentEvidence } from './evidence/evidence.types.js';
export { RECEIPT_CAPABILITY_PREFIX, ReceiptService } from './receipts/receipt.service.js';
export type { ConsentReceipt, HeldReceipt, NewReceipt, ReceiptSlice } from './receipts/receipt.types.js';
