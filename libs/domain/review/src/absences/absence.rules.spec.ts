import { newId } from '@imprimatur/kernel';
import { absenceRefused } from './absence.rules.js';
import type { NewAbsence } from './absence.types.js';

const self = newId('subject');
const now = new Date('2026-03-03T12:00:00Z');
const away = (over: Partial<NewAbsence> = {}): NewAbsence => ({
  from: new Date('2026-03-04T00:00:00Z'),
  until: new Date('2026-03-10T00:00:00Z'),
  deputy: newId('subject'),
  text: '',
  ...over,
});

describe('an absence', () => {
  it('is taken as it comes, also when it has begun, and without a deputy', () => {
    expect(absenceRefused(away(), self, true, now)).toBeNull();
    expect(absenceRefused(away({ from: new Date('2026-03-01T00:00:00Z'), deputy: null }), self, false, now)).toBeNull();
  });

  it.each([
    ['ends before it begins', { until: new Date('2026-03-04T00:00:00Z') }, true, 'it ends before it begins'],
    ['is over', { from: new Date('2026-03-01T00:00:00Z'), until: now }, true, 'it is over already'],
    ['is too long', { until: new Date('2027-03-06T00:00:00Z') }, true, 'it is too long'],
    ['is one’s own deputy', { deputy: self }, true, 'nobody stands in for themselves'],
    ['has a deputy who may not', {}, false, 'the deputy may not decide reviews'],
    ['says too much', { text: 'x'.repeat(2_001) }, true, 'the text is too long'],
  ])('is refused when it %s', (_, over, mayDeputise, why) => {
    expect(absenceRefused(away(over), self, mayDeputise, now)?.message).toBe(`The absence cannot be set: ${why}.`);
  });
});
