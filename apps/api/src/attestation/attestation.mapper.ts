import { attestationStateOf, type FaceAttestation } from '@imprimatur/domain/consent';
import { type EntryId, toPublicId } from '@imprimatur/kernel';

export interface AttestationParent {
  readonly __typename: 'FaceAttestation';
  readonly entryId: EntryId;
  readonly [field: string]: unknown;
}

export function toAttestation(attestation: FaceAttestation): AttestationParent {
  const { id, asset, version, face, ground, reference, entry, attestedBy, attestedAt, confirmed, ended } = attestation;
  return {
    __typename: 'FaceAttestation',
    entryId: entry,
    id: toPublicId('attestation', id),
    state: attestationStateOf(attestation).toUpperCase(),
    asset: toPublicId('asset', asset),
    version: toPublicId('version', version),
    ...face,
    ground: ground.toUpperCase().replace('-', '_'),
    reference,
    attestedBy: attestedBy && toPublicId('subject', attestedBy),
    attestedAt,
    confirmedBy: confirmed?.by ? toPublicId('subject', confirmed.by) : null,
    confirmedAt: confirmed?.at ?? null,
    endedBy: ended?.by ? toPublicId('subject', ended.by) : null,
    endedAt: ended?.at ?? null,
  };
}
