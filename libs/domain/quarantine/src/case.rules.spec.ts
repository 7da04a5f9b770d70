import { newId } from '@imprimatur/kernel';
import {
  clockActs,
  complaintRefusal,
  confirmationRefusal,
  dueAt,
  handlersRefusal,
  isMoreUrgent,
  preservedUntil,
  proposalRefusal,
  stateOf,
  viewRefusal,
} from './case.rules';
import { CASE_GROUNDS, type QuarantineCase } from './case.types';

const NOW = new Date('2026-03-01T12:00:00Z');
const days = (count: number): Date => new Date(NOW.getTime() + count * 86_400_000);
const [ONE, OTHER, STRANGER] = [newId('subject'), newId('subject'), newId('subject')];

function caseWith(more: Partial<QuarantineCase> = {}): QuarantineCase {
  return {
    ...{
      id: newId('case'),
      ground: 'privacy',
      asset: newId('asset'),
      export: null,
      entry: newId('entry'),
      openedBy: null,
      openedAt: days(-1),
    },
    ...{ dueAt: days(6), handlers: [ONE, OTHER], quarantinedAt: NOW, preservedUntil: null, proposed: null, ended: null },
    ...more,
  };
}

const proposed = (outcome: 'restore' | 'destroy') => ({ proposed: { outcome, by: ONE, at: NOW, entry: newId('entry') } });
const ended = (outcome: 'restore' | 'destroy') => ({ ended: { outcome, by: OTHER, at: NOW } });

describe('the clock of a case', () => {
  it('runs at most 48 hours for intimate pictures, not at all for children, and then acts by itself', () => {
    expect(dueAt('intimate-image', NOW)).toEqual(days(2));
    expect(dueAt('child-safety', NOW)).toEqual(NOW);
    expect(dueAt('intellectual-property', NOW)).toEqual(days(7));
    expect(CASE_GROUNDS.filter(clockActs)).toEqual(['child-safety', 'intimate-image']);
  });

  it('keeps what concerns children for a year', () => {
    expect(preservedUntil('child-safety', NOW)).toEqual(days(365));
    expect(CASE_GROUNDS.filter((ground) => preservedUntil(ground, NOW) !== null)).toEqual(['child-safety']);
  });

  it('is set anew by a more urgent complaint only', () => {
    expect([isMoreUrgent('intimate-image', 'other'), isMoreUrgent('other', 'privacy'), isMoreUrgent('other', 'other')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('the state of a case', () => {
  it.each([
    ['open', { quarantinedAt: null }],
    ['quarantined', {}],
    ['dismissed', { quarantinedAt: null, ...ended('restore') }],
    ['restored', ended('restore')],
    ['destroyed', ended('destroy')],
  ] as const)('is %s', (state, more) => expect(stateOf(caseWith(more))).toBe(state));
});

describe('two people', () => {
  it.each([
    [null, [ONE, OTHER]],
    ['CASE_INVALID', [ONE, ONE]],
    ['CASE_INVALID', [ONE]],
    ['CASE_INVALID', [ONE, OTHER, STRANGER]],
  ])('are named: %s', (code, handlers) => expect(handlersRefusal(handlers)?.code ?? null).toBe(code));

  it.each([
    [null, {}, 'restore', ONE],
    [null, {}, 'destroy', ONE],
    ['NOT_OF_CASE', {}, 'restore', STRANGER],
    ['NOT_OF_CASE', {}, 'restore', null],
    ['NOT_OF_CASE', { handlers: [] }, 'restore', ONE],
    [null, { quarantinedAt: null }, 'restore', ONE],
    ['CASE_NOT_OPEN', { quarantinedAt: null }, 'destroy', ONE],
    ['CASE_NOT_OPEN', ended('restore'), 'restore', ONE],
    ['CASE_PRESERVED', { preservedUntil: days(1) }, 'destroy', ONE],
    [null, { preservedUntil: NOW }, 'destroy', ONE],
    [null, { preservedUntil: days(1) }, 'restore', ONE],
  ] as const)('propose: %s with %j', (code, more, outcome, by) =>
    expect(proposalRefusal(caseWith(more), outcome, by, NOW)?.code ?? null).toBe(code),
  );

  it.each([
    [null, proposed('destroy'), OTHER],
    ['CASE_NEEDS_ANOTHER', proposed('destroy'), ONE],
    ['NOT_OF_CASE', proposed('destroy'), STRANGER],
    ['CASE_NOT_OPEN', {}, OTHER],
    ['CASE_NOT_OPEN', { ...proposed('destroy'), ...ended('destroy') }, OTHER],
    ['CASE_PRESERVED', { ...proposed('destroy'), preservedUntil: days(1) }, OTHER],
  ] as const)('confirm: %s with %j', (code, more, by) => expect(confirmationRefusal(caseWith(more), by, NOW)?.code ?? null).toBe(code));

  it.each([
    [null, {}, ONE],
    ['NOT_OF_CASE', {}, STRANGER],
    ['CASE_NOT_OPEN', { quarantinedAt: null }, ONE],
    ['CASE_NOT_OPEN', ended('restore'), ONE],
  ] as const)('look: %s with %j', (code, more, by) => expect(viewRefusal(caseWith(more), by)?.code ?? null).toBe(code));
});

describe('a complaint', () => {
  const whole = { ground: 'privacy' as const, statement: 'That is me.', name: 'Nora', contact: 'n@example.org', isGoodFaith: true };
  it.each([
    [null, {}],
    ['CASE_INVALID', { statement: ' ' }],
    ['CASE_INVALID', { statement: 'x'.repeat(4_001) }],
    ['CASE_INVALID', { name: '' }],
    ['CASE_INVALID', { contact: 'x' }],
    ['CASE_INVALID', { contact: 'x'.repeat(321) }],
    ['CASE_INVALID', { isGoodFaith: false }],
  ])('is answered with %s: %#', (code, more) => expect(complaintRefusal({ ...whole, ...more })?.code ?? null).toBe(code));
});
