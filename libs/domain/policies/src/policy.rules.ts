import type { Matter } from '@imprimatur/formats/ledger';
import type { SubjectId } from '@imprimatur/kernel';
import { activationNeedsAnother, bundleNotDraft, bundleNotEffective, bundleReasonInvalid, type PolicyRefusal } from './policy.refusals.js';
import type { StoredBundle } from './policy.types.js';

/** Why `by` may not activate the bundle at `now`, or null. Activation takes two people: one loads, another activates. */
export function activationRefused(bundle: StoredBundle, effective: string, by: SubjectId | null, now: Date): PolicyRefusal | null {
  if (bundle.state !== 'draft') return bundleNotDraft(bundle.state);
  if (by !== null && by === bundle.draftedBy) return activationNeedsAnother();
  return now.toISOString().slice(0, effective.length) < effective ? bundleNotEffective(effective) : null;
}

const REASON_CHARS_MAX = 2_000;

export function reasonRefusal(reason: string): PolicyRefusal | null {
  const { length } = reason.trim();
  return length >= 1 && length <= REASON_CHARS_MAX ? null : bundleReasonInvalid(REASON_CHARS_MAX);
}

/** What is signed when a bundle becomes the tenant's policy: its very files, by their hash. */
export function activationMatter({ id, hash }: Pick<StoredBundle, 'id' | 'hash'>): Matter {
  return { kind: 'policy.activate', object: id, content: hash, bundle: hash, outcome: 'activate', code: null, reason: null };
}

export function rollBackMatter({ id, hash }: Pick<StoredBundle, 'id' | 'hash'>, reason: string): Matter {
  return { kind: 'policy.roll-back', object: id, content: hash, bundle: hash, outcome: 'roll-back', code: null, reason };
}
