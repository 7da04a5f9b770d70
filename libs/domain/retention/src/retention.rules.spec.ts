import { newId } from '@imprimatur/kernel';
import { cutoff, defaultRule, dutyUntil, holdRefusal, releaseRefusal, ruleRefusal } from './retention.rules.js';
import { type LegalHold, RETENTION_CLASSES } from './retention.types.js';

const NOW = new Date('2026-11-23T12:00:00.000Z');
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000);
const placedBy = newId('subject');
const hold: LegalHold = {
  id: newId('hold'),
  target: { kind: 'asset', id: newId('asset') },
  matter: 'Case 7',
  entry: newId('entry'),
  placedBy,
  placedAt: daysAgo(3),
  released: null,
};

describe('who may release a hold', () => {
  it('is anybody but who placed it', () => {
    expect(releaseRefusal(hold, placedBy)?.code).toBe('OWN_HOLD');
    expect(releaseRefusal(hold, newId('subject'))).toBeNull();
    expect(releaseRefusal({ ...hold, placedBy: null }, newId('subject'))?.code).toBe('HOLD_OF_CASE');
  });

  it('is nobody once it is released', () => {
    const released = { ...hold, released: { by: null, at: NOW, entry: newId('entry') } };
    expect(releaseRefusal(released, newId('subject'))?.code).toBe('HOLD_RELEASED');
  });
});

describe('what a hold says', () => {
  it.each([
    ['Case 7', 'because', null],
    ['m'.repeat(200), 'r'.repeat(2_000), null],
    [' ', 'because', 'HOLD_INVALID'],
    ['m'.repeat(201), 'because', 'HOLD_INVALID'],
    ['Case 7', '\n', 'HOLD_INVALID'],
  ])('matter and reason: %#', (matter, reason, code) => expect(holdRefusal({ matter, reason })?.code ?? null).toBe(code));
});

describe('a rule of retention', () => {
  it('keeps for ever unless set', () => {
    for (const each of RETENTION_CLASSES) {
      expect(cutoff(defaultRule(each), NOW)).toBeNull();
      expect(dutyUntil(defaultRule(each), NOW, NOW)).toBeNull();
    }
  });

  it.each([
    [1, null, true],
    [36_500, 36_500, true],
    [null, 10, true],
    [10, 11, false],
    [0, null, false],
    [null, -1, false],
    [Number.NaN, null, false],
    [36_501, null, false],
  ])('keeps %s days, must keep %s: %s', (keepDays, dutyDays, fine) =>
    expect(ruleRefusal({ class: 'turn', keepDays, dutyDays, basis: 'policy' }) === null).toBe(fine),
  );

  it('destroys what ended before its days, to the millisecond', () => expect(cutoff({ keepDays: 30 }, NOW)).toEqual(daysAgo(30)));

  it('must be kept until its duty ends, and no longer', () => {
    expect(dutyUntil({ dutyDays: 10 }, daysAgo(4), NOW)).toEqual(daysAgo(-6));
    expect(dutyUntil({ dutyDays: 10 }, daysAgo(10), NOW)).toBeNull();
  });
});
