import type { SubjectId, TaskId } from '@imprimatur/kernel';
import { claimRefused, decisionRefused, holdRefused, ownHand, type HeldTask } from './review.rules.js';
import type { NewDecision, ReviewTask } from './review.types.js';

const [requester, editor, shown, reviewer, other] = ['requester', 'editor', 'shown', 'reviewer', 'other'] as unknown as SubjectId[] as [
  SubjectId,
  SubjectId,
  SubjectId,
  SubjectId,
  SubjectId,
];
const digest = new Uint8Array(32).fill(7);
const until = new Date('2026-01-02T03:04:05Z');

function held(task: Partial<ReviewTask> = {}, rest: Partial<HeldTask> = {}): HeldTask {
  const base = {
    requester,
    lastEditor: editor,
    depicted: [shown],
    state: 'claimed',
    claim: { by: reviewer, until },
    contentDigest: digest,
    endedAt: null,
  };
  return { task: { ...base, ...task } as ReviewTask, token: 'token', isLeaseRunning: true, ...rest };
}

function decision(over: Partial<NewDecision> = {}): NewDecision {
  return {
    task: 'task' as TaskId,
    token: 'token',
    outcome: 'reject',
    reasonCode: 'misleading',
    text: 'The label was changed.',
    contentDigest: new Uint8Array(32).fill(7),
    policy: {
      bundleHash: 'ab',
      reasons: {
        approve: [{ code: 'fine', text: 'optional' }],
        reject: [{ code: 'misleading', text: 'required' }],
        'request-changes': [],
        escalate: [],
      },
      conditions: [],
      channels: [],
      queues: [],
      undoSeconds: 0,
    },
    ...over,
  };
}

const codeOf = (refusal: { readonly code: string } | null): string | null => refusal?.code ?? null;

describe('separation of duties', () => {
  it.each([
    ['whoever asked for it', requester, 'you asked for it'],
    ['whoever changed it last', editor, 'you made the last change'],
    ['whoever is shown', shown, 'you are shown in it'],
  ])('keeps %s out', (_, person, why) => {
    expect(ownHand(held().task, person)?.message).toContain(why);
    expect(codeOf(claimRefused(held({ state: 'open', claim: null }, { isLeaseRunning: false }), person))).toBe('SELF_APPROVAL');
    // even where everything else would be right, or wrong
    expect(codeOf(decisionRefused(held({ claim: { by: person, until } }), person, decision()))).toBe('SELF_APPROVAL');
    expect(codeOf(decisionRefused(held({ state: 'decided' }), person, decision({ token: 'x' })))).toBe('SELF_APPROVAL');
  });

  it('lets everybody else in, also when the system asked', () => {
    expect(ownHand(held().task, reviewer)).toBeNull();
    expect(ownHand({ requester: null, lastEditor: null, depicted: [] }, reviewer)).toBeNull();
  });
});

describe('a claim', () => {
  it.each([
    ['an open task', held({ state: 'open', claim: null }, { isLeaseRunning: false, token: null }), null],
    ['a task held by oneself', held(), null],
    ['a task held by somebody else', held({ claim: { by: other, until } }), 'ALREADY_CLAIMED'],
    ['a task whose lease ran out', held({ claim: { by: other, until } }, { isLeaseRunning: false }), null],
    ['a decided task', held({ state: 'decided', claim: null }), 'ALREADY_DECIDED'],
    ['a voided task', held({ state: 'voided', claim: null }), 'TASK_VOIDED'],
  ])('of %s', (_, task, code) => {
    expect(codeOf(claimRefused(task, reviewer))).toBe(code);
  });

  it.each([
    ['with the token while the lease runs', held(), 'token', null],
    ['with a former token', held(), 'former', 'LEASE_LOST'],
    ['after the lease ran out', held({}, { isLeaseRunning: false }), 'token', 'LEASE_LOST'],
    ['when somebody else holds it', held({ claim: { by: other, until } }), 'token', 'LEASE_LOST'],
    ['when it is open', held({ state: 'open', claim: null }, { token: null, isLeaseRunning: false }), 'token', 'LEASE_LOST'],
    ['when it was decided', held({ state: 'decided', claim: null }), 'token', 'ALREADY_DECIDED'],
  ])('is held %s', (_, task, token, code) => {
    expect(codeOf(holdRefused(task, reviewer, token))).toBe(code);
  });
});

describe('a decision', () => {
  it.each([
    ['with a text', decision(), null],
    ['without the text that the reason needs', decision({ text: ' \n' }), 'REASON_REQUIRED'],
    ['without a text that the reason does not need', decision({ outcome: 'approve', reasonCode: 'fine', text: '' }), null],
    ['with a reason of another outcome', decision({ outcome: 'approve' }), 'REASON_CODE_UNKNOWN'],
    ['with a reason that the policy does not know', decision({ reasonCode: 'mood' }), 'REASON_CODE_UNKNOWN'],
    ['for which the policy offers no reason', decision({ outcome: 'escalate' }), 'REASON_CODE_UNKNOWN'],
    ['on other content', decision({ contentDigest: new Uint8Array(32).fill(8) }), 'STALE_CONTENT'],
    ['on a part of the content', decision({ contentDigest: new Uint8Array(31).fill(7) }), 'STALE_CONTENT'],
    ['with a former token', decision({ token: 'former' }), 'LEASE_LOST'],
  ])('%s', (_, wish, code) => {
    expect(codeOf(decisionRefused(held(), reviewer, wish))).toBe(code);
  });
});
