import { newId } from '@imprimatur/kernel';
import type { ActivePolicy } from '../policy.types';
import { approvalRefusal, reviewRefusal, stateOf, wishRefusal } from './exception.rules';
import type { NewException, PolicyException } from './exception.types';

const NOW = new Date('2026-03-01T12:00:00Z');
const at = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);
const [PROPOSER, OTHER, CREATOR] = [newId('subject'), newId('subject'), newId('subject')];

function exceptionWith(more: Partial<PolicyException> = {}): PolicyException {
  return {
    id: newId('exception'),
    rule: 'usage.sexual.hold',
    scope: { kind: 'subject', id: CREATOR },
    owner: OTHER,
    until: at(1),
    isBreakGlass: false,
    entry: newId('entry'),
    proposedBy: PROPOSER,
    proposedAt: at(-1),
    approved: null,
    reviewed: null,
    ended: null,
    ...more,
  };
}

const APPROVED = { by: OTHER, at: NOW };
const ENDED = { by: OTHER, at: NOW, entry: newId('entry') };

describe('the state of an exception', () => {
  it.each([
    ['proposed', {}],
    ['active', { approved: APPROVED }],
    ['active', { isBreakGlass: true }],
    ['expired', { approved: APPROVED, until: NOW }],
    ['expired', { until: at(-0.5) }],
    ['ended', { approved: APPROVED, ended: ENDED }],
    ['ended', { until: at(-0.5), ended: ENDED }],
  ] as const)('is %s with %j', (state, more) => expect(stateOf(exceptionWith(more), NOW)).toBe(state));
});

describe('approving', () => {
  it.each([
    [null, {}, OTHER],
    ['EXCEPTION_NEEDS_ANOTHER', {}, PROPOSER],
    ['EXCEPTION_NEEDS_ANOTHER', {}, CREATOR],
    [null, { scope: { kind: 'use-case' as const, id: 'marketing' } }, CREATOR],
    ['EXCEPTION_NOT_OPEN', { approved: APPROVED }, OTHER],
    ['EXCEPTION_NOT_OPEN', { until: NOW }, OTHER],
    ['EXCEPTION_NOT_OPEN', { ended: ENDED }, OTHER],
    ['EXCEPTION_NOT_OPEN', { isBreakGlass: true }, OTHER],
  ])('answers %s with %j', (code, more, by) => expect(approvalRefusal(exceptionWith(more), by, NOW)?.code ?? null).toBe(code));
});

describe('looking at a broken glass', () => {
  it.each([
    [null, { isBreakGlass: true }, OTHER],
    [null, { isBreakGlass: true, until: at(-0.5) }, OTHER],
    [null, { isBreakGlass: true, ended: ENDED }, OTHER],
    ['EXCEPTION_NEEDS_ANOTHER', { isBreakGlass: true }, PROPOSER],
    ['EXCEPTION_NEEDS_ANOTHER', { isBreakGlass: true }, CREATOR],
    ['EXCEPTION_NOT_OPEN', {}, OTHER],
    ['EXCEPTION_NOT_OPEN', { isBreakGlass: true, reviewed: { ...ENDED, justified: true } }, OTHER],
  ])('answers %s with %j', (code, more, by) => expect(reviewRefusal(exceptionWith(more), by, NOW)?.code ?? null).toBe(code));
});

describe('a wish for an exception', () => {
  const rule = (id: string, outcome: string, questions: readonly string[] = ['EditTurn']) => ({ id, outcome, questions });
  const policy = {
    status: 'ready',
    rules: [rule('a.hold', 'hold'), rule('a.throttle', 'throttle'), rule('a.refuse', 'refuse'), rule('a.late', 'hold', ['AutoRelease'])],
    data: { useCases: [{ id: 'marketing' }] },
  } as unknown as ActivePolicy;
  const broken = { status: 'unusable' } as unknown as ActivePolicy;
  const wish: NewException = {
    rule: 'a.hold',
    scope: { kind: 'session', id: newId('session') },
    owner: OTHER,
    reason: 'why',
    until: at(20),
  };

  it.each([
    [null, {}, policy, false],
    [null, { rule: 'a.throttle' }, policy, true],
    [null, { until: at(90 * 24) }, policy, false],
    ['EXCEPTION_INVALID', { until: at(90 * 24 + 1) }, policy, false],
    ['EXCEPTION_INVALID', { until: at(25) }, policy, true],
    ['EXCEPTION_INVALID', { until: NOW }, policy, false],
    ['EXCEPTION_INVALID', { until: new Date(Number.NaN) }, policy, false],
    ['EXCEPTION_INVALID', { reason: '  ' }, policy, false],
    ['EXCEPTION_INVALID', { reason: 'x'.repeat(2_001) }, policy, false],
    [null, { scope: { kind: 'use-case' as const, id: 'marketing' } }, policy, false],
    ['EXCEPTION_INVALID', { scope: { kind: 'use-case' as const, id: 'nothing' } }, policy, false],
    ['RULE_NOT_EXCEPTABLE', { rule: 'a.refuse' }, policy, true],
    ['RULE_NOT_EXCEPTABLE', { rule: 'a.late' }, policy, false],
    ['RULE_NOT_EXCEPTABLE', { rule: 'nothing' }, policy, false],
    ['RULE_NOT_EXCEPTABLE', {}, broken, true],
  ])('is answered with %s: %j', (code, more, active, isBreakGlass) => {
    expect(wishRefusal({ ...wish, ...more }, active, isBreakGlass, NOW)?.code ?? null).toBe(code);
  });
});
