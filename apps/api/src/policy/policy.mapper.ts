import type { ActivePolicy } from '@imprimatur/domain/policies';

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
