import type { ActivePolicy } from '@imprimatur/domain/policies';
import type { ClaimTerms, LateTerms } from '@imprimatur/domain/review';
import { CLAIMS_MAX, LAST_RESORT, type Queue } from '@imprimatur/formats/policy';
import type { Role } from '@imprimatur/kernel';

const RAISE_BY = 1;
const LEADS: readonly Role[] = ['legal'];

/** The bundle's queues, most urgent first. Without a sound bundle there is one, where everything that cannot be judged waits. */
export function queuesOf(policy: ActivePolicy): readonly Queue[] {
  return policy.status === 'ready' ? policy.data.queues : [LAST_RESORT];
}

export function claimTermsOf(policy: ActivePolicy): ClaimTerms {
  return {
    claimsMax: policy.status === 'ready' ? policy.data.claimsMax : CLAIMS_MAX,
    queues: queuesOf(policy).map(({ id, claimsMax }) => ({ id, claimsMax: claimsMax ?? null })),
  };
}

/** What happens to a task of this queue that is late, and who is told. A queue that the bundle knows no more is treated as one that says nothing. */
export function lateTermsOf(policy: ActivePolicy, queue: string): LateTerms & { readonly leads: readonly Role[] } {
  const { onBreach, leads = LEADS } = queuesOf(policy).find(({ id }) => id === queue) ?? {};
  return { raiseBy: onBreach?.raiseBy ?? RAISE_BY, to: onBreach?.to ?? null, leads };
}
