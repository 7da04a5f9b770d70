import { dueStep, warningAt } from './consent.warning.rules';

const END = new Date('2027-03-31T10:00:00Z');
const before = (days: number, ms = 0): Date => new Date(END.getTime() - days * 86_400_000 + ms);

describe('the warning that is due', () => {
  it.each<[string, Date, number | null]>([
    ['31 days before', before(31), null],
    ['a moment before the first', before(30, -1), null],
    ['30 days before', before(30), 30],
    ['8 days before', before(8), 30],
    ['7 days before', before(7), 7],
    ['1 day before', before(1), 1],
    ['at the end', END, 1],
  ])('%s', (_when, now, step) => {
    expect(dueStep(END, now)).toBe(step);
  });

  it('is none where there is no end', () => {
    expect(dueStep(null, END)).toBeNull();
  });

  it('counts days of 24 hours', () => {
    expect(warningAt(END, 7)).toEqual(new Date('2027-03-24T10:00:00Z'));
  });
});
