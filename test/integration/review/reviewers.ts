import { createHash } from 'node:crypto';
import { type Context, newId, type Result, type Role, type SubjectId, type TenantId } from '@imprimatur/kernel';
import type { ClaimedTask, ClaimTerms, NewDecision, NewTask, ReviewPolicy, TaskPage } from '@imprimatur/domain/review';

/** A signed-in person of `tenant` with these roles. */
export function person(
  tenant: TenantId,
  roles: readonly Role[] = ['approver'],
  subject: SubjectId = newId('subject'),
): Context & { readonly subject: SubjectId } {
  return { tenant, actor: { kind: 'person', subject, ref: newId('subject'), roles }, requestId: newId('request'), subject };
}

export const POLICY: ReviewPolicy = {
  bundleHash: 'ab'.repeat(32),
  reasons: {
    approve: [{ code: 'meets-policy', text: 'optional' }],
    reject: [{ code: 'misleading', text: 'required' }],
    'request-changes': [{ code: 'fix-artefact', text: 'required' }],
    escalate: [{ code: 'needs-legal', text: 'required' }],
  },
  conditions: [],
  channels: ['web', 'print'],
  queues: ['marketing', 'legal'],
  undoSeconds: 0,
};

/** Five tasks at once, of whatever queue. */
export const TERMS: ClaimTerms = {
  claimsMax: 5,
  queues: [
    { id: 'marketing', claimsMax: null },
    { id: 'legal', claimsMax: 2 },
  ],
};

/** Everything that waits. */
export const ALL: TaskPage = { queue: null, state: null, isMine: false, isBreached: false, first: 100, after: null };

export const digestOf = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** A held marketing picture, due in an hour. */
export function wish(over: Partial<NewTask> = {}): NewTask {
  return {
    asset: newId('asset'),
    turn: newId('turn'),
    item: newId('item'),
    version: newId('version'),
    contentDigest: digestOf('as shown'),
    queue: 'marketing',
    priority: 5,
    dueAt: new Date('2026-12-01T10:00:00.123Z'),
    findings: [
      {
        rule: 'release.marketing',
        outcome: 'hold',
        reason: 'A person releases.',
        citation: 'House policy 5.1',
        remedy: 'Wait.',
        met: [],
        queue: 'marketing',
      },
    ],
    bundleHash: POLICY.bundleHash,
    requester: newId('subject'),
    lastEditor: null,
    depicted: [],
    session: newId('session'),
    kind: 'hold',
    slots: ['any'],
    follows: null,
    policyAuthor: null,
    involved: [],
    deciders: [],
    ...over,
  };
}

/** Approves what the claim shows. */
export function approval({ id, token, contentDigest }: ClaimedTask, over: Partial<NewDecision> = {}): NewDecision {
  return { task: id, token, outcome: 'approve', reasonCode: 'meets-policy', text: '', contentDigest, policy: POLICY, ...over };
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}

export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);
