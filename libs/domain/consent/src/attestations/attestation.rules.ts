import type { SubjectId } from '@imprimatur/kernel';
import { IOU_MIN, iou } from '../consent.rules.js';
import type { FaceBox } from '../consent.types.js';
import { attestationInvalid, attestationNeedsAnother, attestationNotOpen, type AttestationRefusal } from './attestation.refusals.js';
import type { AttestationState, FaceAttestation, NewAttestation } from './attestation.types.js';

const REASON_CHARS_MAX = 2_000;
const REFERENCE_CHARS_MAX = 200;

export function stateOf({ ended, confirmed }: FaceAttestation): AttestationState {
  if (ended) return 'ended';
  return confirmed ? 'confirmed' : 'proposed';
}

/** What it may not say; null: it is fine. */
export function wishRefusal({
  ground,
  reference,
  reason,
}: Pick<NewAttestation, 'ground' | 'reference' | 'reason'>): AttestationRefusal | null {
  const length = reference?.trim().length ?? 0;
  if (ground === 'not-identifiable' && length > 0) return attestationInvalid('reference', 'none: it belongs to a release or an exemption');
  if (ground !== 'not-identifiable' && (length < 1 || length > REFERENCE_CHARS_MAX))
    return attestationInvalid('reference', `where the release is, or the law that exempts, in 1 to ${REFERENCE_CHARS_MAX} characters`);
  return reasonRefusal(reason);
}

export function reasonRefusal(reason: string): AttestationRefusal | null {
  const { length } = reason.trim();
  return length >= 1 && length <= REASON_CHARS_MAX ? null : attestationInvalid('reason', `1 to ${REASON_CHARS_MAX} characters`);
}

/** Why `by` may not confirm it, or null. */
export function confirmationRefusal(attestation: FaceAttestation, by: SubjectId | null): AttestationRefusal | null {
  const state = stateOf(attestation);
  if (state !== 'proposed') return attestationNotOpen(state === 'confirmed' ? 'confirmed already' : 'ended');
  return by !== null && by === attestation.attestedBy ? attestationNeedsAnother() : null;
}

/** The attestation that speaks of a face: that with the largest overlap; undefined: none does. */
export function attestationOf(attestations: readonly FaceAttestation[], face: FaceBox): FaceAttestation | undefined {
  return attestations
    .map((attestation) => ({ attestation, overlap: iou(attestation.face, face) }))
    .filter(({ overlap }) => overlap >= IOU_MIN)
    .sort((one, other) => other.overlap - one.overlap)[0]?.attestation;
}
