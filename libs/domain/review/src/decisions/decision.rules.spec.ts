import type { DecisionId, Role, SubjectId, TaskId } from '@imprimatur/kernel';
import type { NewDecision, ReviewDecision, ReviewTask } from '../review.types.js';
import {
  appealRefusal,
  barRefusal,
  type BulkCandidate,
  bulkRefusal,
  completes,
  slotFor,
  type Standing,
  termsRefusal,
  undoRefusal,
} from './decision.rules.js';

const id = <T extends string>(text: string): T => text as T;
const [reviewer, other, requester] = [id<SubjectId>('reviewer'), id<SubjectId>('other'), id<SubjectId>('requester')];
const NOW = new Date('2026-03-10T12:00:00Z');
const codeOf = (refusal: { readonly code: string } | null): string | null => refusal?.code ?? null;

function task(over: Partial<ReviewTask> = {}): ReviewTask {
  const base = {
    id: id<TaskId>('task'),
    queue: 'marketing',
    kind: 'hold',
    slots: ['any'],
    findings: [{ rule: 'release.marketing', outcome: 'hold' }],
    bundleHash: 'ab',
    requester,
    policyAuthor: null,
    involved: [],
    deciders: [],
    contentDigest: new Uint8Array(32),
    endedAt: new Date('2026-03-01T12:00:00Z'),
  };
  return { ...base, ...over } as ReviewTask;
}

const standing = (over: Partial<Standing> = {}): Standing => ({ hasConflict: false, roles: ['approver'], earlier: [], ...over });
const approvalBy = (who: SubjectId, slot: number) => ({ reviewer: who, outcome: 'approve' as const, slot });

describe('who may not decide', () => {
  it.each([
    ['whoever drafted the rules', task({ policyAuthor: reviewer }), standing(), 'SELF_APPROVAL'],
    ['whoever had a hand in the picture', task({ involved: [reviewer] }), standing(), 'CONFLICT_OF_INTEREST'],
    ['whoever decided before', task({ deciders: [reviewer] }), standing(), 'DECIDED_BEFORE'],
    ['whoever declared a conflict', task(), standing({ hasConflict: true }), 'CONFLICT_OF_INTEREST'],
    ['whoever approved it', task({ slots: ['any', 'any'] }), standing({ earlier: [approvalBy(reviewer, 0)] }), 'APPROVED_ALREADY'],
    ['whoever has none of the roles', task({ slots: ['legal'] }), standing(), 'SLOT_NOT_YOURS'],
    [
      'whoever has only a role that is filled',
      task({ slots: ['approver', 'legal'] }),
      standing({ earlier: [approvalBy(other, 0)] }),
      'SLOT_NOT_YOURS',
    ],
    ['nobody else', task({ slots: ['legal', 'any'] }), standing({ earlier: [approvalBy(other, 0)] }), null],
  ])('is %s', (_, about, known, code) => {
    expect(codeOf(barRefusal(about, reviewer, known))).toBe(code);
  });
});

describe('places', () => {
  const both: readonly Role[] = ['approver', 'legal'];
  it.each([
    ['a role of theirs before anybody', ['any', 'legal'], both, [], 1],
    ['the first that is free', ['approver', 'legal'], both, [approvalBy(other, 0)], 1],
    ['anybody where no role fits', ['legal', 'any'], ['approver'], [], 1],
    ['none', ['legal'], ['approver'], [], null],
  ] as const)('are taken: %s', (_, slots, roles, earlier, index) => {
    expect(slotFor(task({ slots }), { roles: [...roles], earlier: [...earlier] })).toBe(index);
  });

  it('must all be taken by approvals; one no ends it', () => {
    const two = task({ slots: ['any', 'any'] });
    expect([completes(two, 'approve', 0), completes(two, 'approve', 1), completes(two, 'reject', 0)]).toEqual([false, true, true]);
  });
});

describe('what comes with a decision', () => {
  const policy: NewDecision['policy'] = {
    bundleHash: 'ab',
    reasons: { approve: [], reject: [], 'request-changes': [], escalate: [] },
    conditions: [
      { code: 'only-channels', text: 'optional', kind: 'channels', forbids: [] },
      { code: 'credit', text: 'required', kind: 'declaration', forbids: [] },
    ],
    channels: ['web'],
    queues: ['legal'],
    undoSeconds: 0,
  };
  const wish = (over: Partial<NewDecision>): NewDecision => ({
    ...{
      task: id<TaskId>('task'),
      token: 't',
      outcome: 'approve',
      reasonCode: 'fine',
      text: '',
      contentDigest: new Uint8Array(32),
      policy,
    },
    ...over,
  });
  const condition = (code: string, text = '', channels: readonly string[] = []) => ({ conditions: [{ code, text, channels }] });
  const pin = (x: number, y: number, text = 'here') => ({ outcome: 'request-changes' as const, pins: [{ x, y, text }] });

  it.each([
    ['nothing', {}, null],
    ['a condition with its channel', condition('only-channels', '', ['web']), null],
    ['a condition without its channel', condition('only-channels'), 'CONDITION_INVALID'],
    ['a channel that nobody knows', condition('only-channels', '', ['moon']), 'CONDITION_INVALID'],
    ['a condition without its text', condition('credit'), 'CONDITION_INVALID'],
    ['a channel where none belongs', condition('credit', 'Ada', ['web']), 'CONDITION_INVALID'],
    ['a condition that nobody knows', condition('mood'), 'CONDITION_UNKNOWN'],
    ['a condition of a rejection', { ...condition('credit', 'Ada'), outcome: 'reject' as const }, 'CONDITION_INVALID'],
    [
      'the same condition twice',
      { conditions: [...condition('credit', 'a').conditions, ...condition('credit', 'b').conditions] },
      'CONDITION_INVALID',
    ],
    ['a pin in the corner', pin(0, 1), null],
    ['a pin outside', pin(0.5, 1.01), 'PIN_INVALID'],
    ['a pin nowhere', pin(Number.NaN, 0), 'PIN_INVALID'],
    ['a pin without words', pin(0, 0, ' '), 'PIN_INVALID'],
    ['a pin on an approval', { pins: pin(0, 0).pins }, 'PIN_INVALID'],
    ['a queue', { outcome: 'escalate' as const, queue: 'legal' }, null],
    ['a queue that nobody knows', { outcome: 'escalate' as const, queue: 'moon' }, 'QUEUE_UNKNOWN'],
    ['an approval under another policy', { policy: { ...policy, bundleHash: 'cd' } }, 'POLICY_CHANGED'],
    ['a rejection under another policy', { outcome: 'reject' as const, policy: { ...policy, bundleHash: 'cd' } }, null],
  ])('%s', (_, over, code) => {
    expect(codeOf(termsRefusal(task(), wish(over)))).toBe(code);
  });

  it('no approval of what the policy refuses', () => {
    const refused = task({ findings: [{ rule: 'usage.x', outcome: 'refuse', reason: '', citation: '', remedy: '', met: [] }] });
    expect(codeOf(termsRefusal(refused, wish({})))).toBe('POLICY_REFUSES');
    expect(codeOf(termsRefusal(refused, wish({ outcome: 'reject' })))).toBeNull();
  });
});

describe('taking back', () => {
  const decision = { id: id<DecisionId>('d'), reviewer, takesEffectAt: new Date(NOW.getTime() + 5_000) } as ReviewDecision;
  it.each([
    ['in time', decision, 'pending', reviewer, null],
    ['by somebody else', decision, 'pending', other, 'NOT_YOUR_DECISION'],
    ['too late', { ...decision, takesEffectAt: NOW }, 'pending', reviewer, 'UNDO_TOO_LATE'],
    ['what followed', decision, 'followed', reviewer, 'UNDO_TOO_LATE'],
    ['twice', decision, 'undone', reviewer, 'UNDO_TOO_LATE'],
  ] as const)('%s', (_, made, fate, by, code) => {
    expect(codeOf(undoRefusal(made, fate, by, NOW))).toBe(code);
  });
});

describe('an appeal', () => {
  const rejected = { outcome: 'reject', fate: 'followed' } as const;
  it.each([
    ['in time', task(), rejected, requester, 14, null],
    ['on the last day', task(), rejected, requester, 9, null],
    ['too late', task(), rejected, requester, 8, 'are over'],
    ['where there is none', task(), rejected, requester, 0, 'cannot be appealed'],
    ['by somebody else', task(), rejected, other, 14, 'Only whoever asked'],
    ['of an approval', task(), { outcome: 'approve', fate: 'followed' }, requester, 14, 'Only a rejection'],
    ['of what may yet be taken back', task(), { outcome: 'reject', fate: 'pending' }, requester, 14, 'Only a rejection'],
    ['of an appeal', task({ kind: 'appeal' }), rejected, requester, 14, 'last word'],
    ['of what was erased', task({ contentDigest: null }), rejected, requester, 14, 'erased'],
  ] as const)('%s', (_, about, ending, by, days, words) => {
    const message = appealRefusal(about, ending, by, { days, now: NOW })?.message ?? null;
    if (words === null) expect(message).toBeNull();
    else expect(message).toContain(words);
  });
});

describe('many at once', () => {
  const many = (count: number, last: Partial<ReviewTask> = {}, isHighRisk = false): BulkCandidate[] =>
    Array.from({ length: count }, (_, at) => ({ task: task({ id: id<TaskId>(`t${at}`), ...(at === count - 1 ? last : {}) }), isHighRisk }));
  it.each([
    ['alike', many(50), null],
    ['none', [], 'BULK_REFUSED'],
    ['too many', many(51), 'BULK_REFUSED'],
    ['of another rule', many(3, { findings: [] }), 'BULK_REFUSED'],
    ['of another queue', many(3, { queue: 'legal' }), 'BULK_REFUSED'],
    ['of several approvals', many(3, { slots: ['any', 'any'] }), 'BULK_REFUSED'],
    ['appealed', many(1, { kind: 'appeal' }), 'BULK_REFUSED'],
    ['of high risk', many(3, {}, true), 'BULK_REFUSED'],
    ['twice the same', many(2, { id: id<TaskId>('t0') }), 'BULK_REFUSED'],
  ])('%s', (_, candidates, code) => {
    expect(codeOf(bulkRefusal(candidates))).toBe(code);
  });
});
