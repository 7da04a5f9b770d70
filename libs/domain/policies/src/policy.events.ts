import type { About, NewEvent } from '@imprimatur/domain/ledger';
import type { StoredBundle } from './policy.types.js';

const about = (bundle: StoredBundle): readonly About[] => [{ kind: 'bundle', id: bundle.id }];
const named = (bundle: StoredBundle) => ({ name: bundle.name, version: bundle.version, hash: bundle.hash });

export function bundleDrafted(bundle: StoredBundle): NewEvent {
  return { type: 'bundle.drafted', about: about(bundle), facts: named(bundle) };
}

/** `replaces`: the hash of the bundle that was active until now; null for a tenant's first. */
export function bundleActivated(bundle: StoredBundle, replaces: string | null): NewEvent {
  return { type: 'bundle.activated', about: about(bundle), facts: { ...named(bundle), replaces } };
}

export function bundleRetired(bundle: StoredBundle): NewEvent {
  return { type: 'bundle.retired', about: about(bundle), facts: named(bundle) };
}

/** `from`: the bundle that it takes the place of; null: there was none. */
export function bundleRolledBack(bundle: StoredBundle, from: StoredBundle | null, reason: string): NewEvent {
  return {
    type: 'bundle.rolled-back',
    about: [...about(bundle), ...(from === null ? [] : [{ kind: 'bundle' as const, id: from.id }])],
    facts: { ...named(bundle), replaces: from?.hash ?? null },
    parts: { reason: { value: reason.trim(), subjects: [] } },
  };
}
