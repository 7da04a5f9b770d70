import type { NewEvent } from '@imprimatur/domain/ledger';
import { toBase64Url } from '@imprimatur/kernel';
import type { Subject } from '../identity.types.js';
import type { Credential } from './credential.types.js';

/** The public key in clear: whoever has the log can check what was signed with it. It says no more of the person than the pseudonym does. */
export function credentialEnrolled(
  credential: Omit<Credential, 'entry'>,
  owner: Pick<Subject, 'ref'>,
  { label, aaguid, isBackedUp }: { readonly label: string; readonly aaguid: string; readonly isBackedUp: boolean },
): NewEvent {
  const { id, subject, credentialId, publicKey, rpId } = credential;
  return {
    type: 'credential.enrolled',
    about: [
      { kind: 'credential', id },
      { kind: 'subject', id: subject },
    ],
    facts: {
      ref: owner.ref,
      credentialId: toBase64Url(credentialId),
      publicKey: toBase64Url(publicKey),
      rpId,
      authenticator: aaguid,
      isBackedUp,
    },
    parts: { label: { value: label, subjects: [subject] } },
  };
}

/** `by`: oneself, who signed it; or an administrator, since the authenticator was lost. */
export function credentialRevoked({ id, subject, credentialId }: Credential, by: 'owner' | 'administrator'): NewEvent {
  return {
    type: 'credential.revoked',
    about: [
      { kind: 'credential', id },
      { kind: 'subject', id: subject },
    ],
    facts: { credentialId: toBase64Url(credentialId), by },
  };
}
