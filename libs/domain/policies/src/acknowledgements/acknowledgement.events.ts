import type { NewEvent } from '@imprimatur/domain/ledger';
import type { Acknowledgement } from './acknowledgement.types.js';

export function policyAcknowledged({ subject, bundle, digest, version }: Omit<Acknowledgement, 'entry'>): NewEvent {
  return {
    type: 'policy.acknowledged',
    about: [
      { kind: 'bundle', id: bundle },
      { kind: 'subject', id: subject },
    ],
    facts: { version, digest },
  };
}
