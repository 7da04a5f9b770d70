import type { NewEvent } from '@imprimatur/domain/ledger';
import { canaryOutcome } from '../policy.rules.js';
import type { StoredBundle } from '../policy.types.js';

const named = ({ id, name, version, hash }: StoredBundle, more: NewEvent['facts'] = {}): Pick<NewEvent, 'about' | 'facts'> => ({
  about: [{ kind: 'bundle', id }],
  facts: { name, version, hash, ...more },
});

/** `beside`: the hash of the bundle that judges. */
export function bundleShadowed(bundle: StoredBundle, beside: string | null): NewEvent {
  return { type: 'bundle.shadowed', ...named(bundle, { beside }) };
}

/** Again: with another share. `outcome`: what a signature of it says. */
export function bundleCanaried(bundle: StoredBundle, beside: string | null, sharePermille: number): NewEvent {
  return { type: 'bundle.canaried', ...named(bundle, { beside, sharePermille, outcome: canaryOutcome(sharePermille) }) };
}

export function trialEnded(bundle: StoredBundle): NewEvent {
  return { type: 'bundle.trial-ended', ...named(bundle, { was: bundle.state }) };
}
