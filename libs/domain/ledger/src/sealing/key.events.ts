import type { TenantId } from '@imprimatur/kernel';
import type { NewEvent } from '../ledger.types.js';

/** One batch of subject keys, or of data keys of the table `of`, that moved to the generation `keyId`. */
export function keysRotated(tenant: TenantId, keyId: string, rewrapped: number, of?: string): NewEvent {
  return {
    type: 'keys.rotated',
    about: [{ kind: 'tenant', id: tenant }],
    facts: { keyId, rewrapped, ...(of === undefined ? {} : { of }) },
  };
}

export function keyRotationRequested(tenant: TenantId, replaces: string): NewEvent {
  return { type: 'keys.rotation-requested', about: [{ kind: 'tenant', id: tenant }], facts: { replaces } };
}
