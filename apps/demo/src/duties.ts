import type { Client, Refused } from './client.js';
import { ACKNOWLEDGE_POLICY, DUTIES } from './documents.js';
import { granted, key } from './story.js';

/** Nobody edits before they acknowledged the text of the policy. Null: there is none. */
export async function acknowledgePolicy(creator: Client): Promise<{ readonly title: string; readonly version: string } | null> {
  type Usage = { readonly bundle: string; readonly version: string; readonly title: string; readonly acknowledgedAt: string | null };
  type Answer = { readonly acknowledgePolicy: { readonly __typename: 'AcknowledgePolicySuccess' } | Refused };
  const { usage } = (await creator.graphql<{ readonly duties: { readonly usage: Usage | null } }>(DUTIES, {})).duties;
  if (usage === null || usage.acknowledgedAt !== null) return usage;
  const { acknowledgePolicy: answer } = await creator.graphql<Answer>(ACKNOWLEDGE_POLICY, {
    input: { idempotencyKey: key(), bundle: usage.bundle },
  });
  granted(answer);
  return usage;
}
