import type { About, NewEvent } from '@imprimatur/domain/ledger';
import type { AttestationId } from '@imprimatur/kernel';
import type { FaceAttestation, NewAttestation } from './attestation.types.js';

const about = (id: AttestationId, { asset, version }: Pick<NewAttestation, 'asset' | 'version'>): readonly About[] => [
  { kind: 'attestation', id },
  { kind: 'asset', id: asset },
  { kind: 'version', id: version },
];

/** Whoever is attested not to be identifiable is nobody's subject: the words are the tenant's own. */
const why = (reason: string): NewEvent['parts'] => ({ reason: { value: reason.trim(), subjects: [] } });

export function faceAttested(id: AttestationId, wish: NewAttestation): NewEvent {
  const { ground, reference, reason } = wish;
  const parts = { ...why(reason), ...(reference === null ? {} : { reference: { value: reference, subjects: [] } }) };
  return { type: 'attestation.made', about: about(id, wish), facts: { ground }, parts };
}

export function attestationConfirmed(attestation: FaceAttestation): NewEvent {
  return { type: 'attestation.confirmed', about: about(attestation.id, attestation), facts: { ground: attestation.ground } };
}

export function attestationEnded(attestation: FaceAttestation, reason: string): NewEvent {
  return {
    type: 'attestation.ended',
    about: about(attestation.id, attestation),
    facts: { ground: attestation.ground, wasConfirmed: attestation.confirmed !== null },
    parts: why(reason),
  };
}
