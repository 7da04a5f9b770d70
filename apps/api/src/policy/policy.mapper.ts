import type { ActivePolicy, StoredBundle } from '@imprimatur/domain/policies';
import { toPublicId } from '@imprimatur/kernel';

/** The policy in force; one that cannot be used has no rules to show, and holds everything. */
export function toPolicyBundle(policy: ActivePolicy): object {
  const rules = policy.status === 'ready' ? policy.rules : [];
  return {
    name: policy.ref.name,
    version: policy.ref.version,
    hash: policy.ref.hash,
    rules: rules.map(({ id, gate, outcome, reason, citation, remedy }) => ({
      id,
      gate,
      outcome: outcome.toUpperCase(),
      reason,
      citation,
      remedy,
    })),
    reasonCodes: policy.status === 'ready' ? policy.data.reasonCodes : { approve: [], reject: [], 'request-changes': [], escalate: [] },
  };
}

export function toPolicyVersion(bundle: StoredBundle): object {
  const { id, name, version, hash, state, draftedBy, draftedAt, activatedBy, activatedAt, retiredAt, trial } = bundle;
  return {
    __typename: 'PolicyVersion',
    ...{ name, version, hash, draftedAt, activatedAt, retiredAt },
    id: toPublicId('bundle', id),
    state: state.toUpperCase(),
    draftedBy: draftedBy && toPublicId('subject', draftedBy),
    activatedBy: activatedBy && toPublicId('subject', activatedBy),
    trialSince: trial?.since ?? null,
    trialBy: trial?.by ? toPublicId('subject', trial.by) : null,
    sharePermille: trial?.sharePermille ?? null,
  };
}
