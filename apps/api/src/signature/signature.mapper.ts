import type { Credential } from '@imprimatur/domain/identity';
import type { ConditionWish, PinWish } from '@imprimatur/domain/review';
import type { StatementWish } from '@imprimatur/flows/gates';
import { type EntryId, toBase64Url, toPublicId } from '@imprimatur/kernel';

export interface CredentialParent {
  readonly entryId: EntryId;
}

export interface BeginStatementInput {
  readonly idempotencyKey: string;
  readonly kind: keyof typeof KINDS;
  readonly target: string;
  readonly outcome?: string | null;
  readonly justified?: boolean | null;
  readonly reasonCode: string;
  readonly reason: string;
  readonly contentSha256: string;
  readonly conditions: readonly ConditionWish[];
  readonly pins: readonly PinWish[];
  readonly queue?: string | null;
  readonly sharePermille: number;
}

const KINDS = {
  ACTIVATE_POLICY: 'policy.activate',
  CANARY_POLICY: 'policy.canary',
  ROLL_BACK_POLICY: 'policy.roll-back',
  APPROVE_POLICY_EXCEPTION: 'exception.approve',
  REVIEW_BREAK_GLASS: 'exception.review',
  CONFIRM_ROLE_GRANT: 'grant.confirm',
  DECIDE_TASK: 'task.decide',
  ENROL_CREDENTIAL: 'credential.enrol',
  REVOKE_CREDENTIAL: 'credential.revoke',
} as const satisfies Record<string, StatementWish['kind']>;

export function toCredential({
  id,
  subject,
  credentialId,
  entry,
  enrolledAt,
  revokedAt,
}: Credential): CredentialParent & Readonly<Record<string, unknown>> {
  return {
    __typename: 'Credential',
    id: toPublicId('credential', id),
    owner: toPublicId('subject', subject),
    credentialId: toBase64Url(credentialId),
    entryId: entry,
    enrolledAt,
    revokedAt,
  };
}

export function fromStatementInput(input: BeginStatementInput): StatementWish {
  const judged = input.justified ? 'justified' : 'not-justified';
  return {
    kind: KINDS[input.kind],
    target: input.target,
    outcome: input.kind === 'REVIEW_BREAK_GLASS' ? judged : (input.outcome ?? '').toLowerCase().replaceAll('_', '-'),
    reasonCode: input.reasonCode,
    reason: input.reason,
    content: input.contentSha256,
    conditions: input.conditions,
    pins: input.pins,
    queue: input.queue ?? null,
    sharePermille: input.sharePermille,
  };
}
