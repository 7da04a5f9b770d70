import { hash } from 'node:crypto';
import type { Duty } from '@imprimatur/domain/identity';
import type { Matter } from '@imprimatur/formats/ledger';
import type { SessionId, SubjectId } from '@imprimatur/kernel';
import { activationNeedsAnother, bundleNotDraft, bundleNotEffective, bundleReasonInvalid, type PolicyRefusal } from './policy.refusals.js';
import type { StoredBundle } from './policy.types.js';

/** What lets a bundle judge real turns, all of them or a share. */
export const ACTIVATING: Duty = { action: 'activate', on: 'PolicyBundle', rests: true, signature: 'when-enrolled' };

/** What somebody is about to decide about a bundle. */
export type BundleDecision =
  | { readonly kind: 'policy.activate' }
  | { readonly kind: 'policy.canary'; readonly sharePermille: number }
  | { readonly kind: 'policy.roll-back'; readonly reason: string };

/** Why `by` may not activate the bundle at `now`, or null. Activation takes two people: one loads, another activates. */
export function activationRefused(bundle: StoredBundle, effective: string, by: SubjectId | null, now: Date): PolicyRefusal | null {
  if (bundle.state === 'active' || bundle.state === 'retired') return bundleNotDraft(bundle.state);
  if (by !== null && by === bundle.draftedBy) return activationNeedsAnother();
  return isEffective(effective, now) ? null : bundleNotEffective(effective);
}

/** `effective`: an ISO date. */
export function isEffective(effective: string, now: Date): boolean {
  return now.toISOString().slice(0, effective.length) >= effective;
}

/**
 * Whether a bundle in canary judges this session: the same answer for every question and every repetition, so that one turn has one policy, a preflight
 * foretells it, and nobody finds the milder one by asking again. A larger share keeps the sessions of a smaller one. `bundleHash` is hex.
 */
export function isInShare(bundleHash: string, sharePermille: number, session: SessionId): boolean {
  const digest = hash('sha256', `imprimatur/canary/v1\0${bundleHash}\0${session}`, 'buffer');
  return digest.readUInt32BE(0) % 1000 < sharePermille;
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

/** What is signed when a bundle is to judge a share of the sessions: the share is its outcome, and stands in the entry as that. */
export function canaryMatter({ id, hash }: Pick<StoredBundle, 'id' | 'hash'>, sharePermille: number): Matter {
  const outcome = canaryOutcome(sharePermille);
  return { kind: 'policy.canary', object: id, content: hash, bundle: hash, outcome, code: null, reason: null };
}

export const canaryOutcome = (sharePermille: number): string => `canary-${sharePermille}`;

export function bundleMatter(bundle: StoredBundle, decision: BundleDecision): Matter {
  switch (decision.kind) {
    case 'policy.activate':
      return activationMatter(bundle);
    case 'policy.canary':
      return canaryMatter(bundle, decision.sharePermille);
    case 'policy.roll-back':
      return rollBackMatter(bundle, decision.reason);
  }
}
