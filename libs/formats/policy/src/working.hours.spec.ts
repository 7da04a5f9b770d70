import fc from 'fast-check';
import { afterWorkingMinutes, WEEKDAYS, type WorkingHours } from './working.hours.js';

const QUARTER_MS = 15 * 60_000;
const office = (over: Partial<WorkingHours> = {}): WorkingHours => ({
  id: 'office',
  timeZone: 'Europe/Berlin',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  until: '17:00',
  holidays: [],
  ...over,
});
const due = (hours: WorkingHours, from: string, minutes: number): string =>
  afterWorkingMinutes(hours, new Date(from), minutes).toISOString();

describe('the time to decide', () => {
  it.each([
    ['runs within a day', '2026-03-03T09:00:00Z', 60, '2026-03-03T10:00:00.000Z'],
    ['ends with the day where it just fits', '2026-03-03T15:00:00Z', 60, '2026-03-03T16:00:00.000Z'],
    ['goes on the next morning', '2026-03-03T15:30:00Z', 60, '2026-03-04T08:30:00.000Z'],
    ['begins when work does', '2026-03-03T04:00:00Z', 60, '2026-03-03T09:00:00.000Z'],
    ['rests at the weekend', '2026-03-06T15:30:00Z', 60, '2026-03-09T08:30:00.000Z'],
    ['takes as many days as it needs', '2026-03-03T08:00:00Z', 3 * 480 + 1, '2026-03-06T08:01:00.000Z'],
  ])('%s', (_, from, minutes, expected) => {
    expect(due(office(), from, minutes)).toBe(expected);
  });

  it('rests on holidays', () => {
    expect(due(office({ holidays: ['2026-03-04', '2026-03-05'] }), '2026-03-03T15:30:00Z', 60)).toBe('2026-03-06T08:30:00.000Z');
  });

  it('is of the wall clock: work begins an hour earlier by UTC once clocks were put forward', () => {
    // 29 March 2026, 02:00 becomes 03:00
    expect(due(office(), '2026-03-27T15:30:00Z', 60)).toBe('2026-03-30T07:30:00.000Z');
    const allWeek = office({ days: [...WEEKDAYS], from: '00:00', until: '24:00' });
    expect(due(allWeek, '2026-03-28T23:00:00Z', 23 * 60)).toBe('2026-03-29T22:00:00.000Z');
    // 25 October 2026 has twenty-five hours
    expect(due(allWeek, '2026-10-24T22:00:00Z', 25 * 60)).toBe('2026-10-25T23:00:00.000Z');
  });

  it('skips the hour that clocks skip, and works the hour that they repeat twice', () => {
    const night = office({ days: ['sun'], from: '01:00', until: '04:00' });
    expect(due(night, '2026-03-29T00:00:00Z', 120)).toBe('2026-03-29T02:00:00.000Z');
    expect(due(night, '2026-10-24T23:00:00Z', 240)).toBe('2026-10-25T03:00:00.000Z');
  });

  it('is counted by the quarter of an hour, in every zone and season', () => {
    const zones = ['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.subarray([...WEEKDAYS], { minLength: 3 }),
        fc.integer({ min: 0, max: 22 }),
        fc.integer({ min: 1, max: 24 }),
        // the weeks around both changes of clocks, and an ordinary one
        fc.constantFrom('2026-03-27', '2026-04-03', '2026-10-02', '2026-10-23', '2026-06-10', '2026-10-30'),
        fc.integer({ min: 0, max: 3 * 96 }),
        fc.integer({ min: 1, max: 24 }),
        (timeZone, days, begins, length, day, offset, quarters) => {
          const two = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;
          const hours = office({ timeZone, days, from: two(begins), until: two(Math.min(24, begins + length)) });
          const from = new Date(Date.parse(`${day}T00:00:00Z`) + offset * QUARTER_MS);
          const until = afterWorkingMinutes(hours, from, quarters * 15);
          expect(workedQuarters(hours, from, until)).toBe(quarters);
          expect(isWorked(hours, until.getTime() - QUARTER_MS)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is never shorter for more work', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 600 }),
        fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true }),
        (minutes, more, from) => {
          const [sooner, later] = [afterWorkingMinutes(office(), from, minutes), afterWorkingMinutes(office(), from, minutes + more)];
          expect(sooner.getTime()).toBeGreaterThan(from.getTime());
          expect(later.getTime()).toBeGreaterThan(sooner.getTime());
        },
      ),
      { numRuns: 100 },
    );
  });
});

const clocks = new Map<string, Intl.DateTimeFormat>();

/** By looking at the wall clock of one moment: nothing of the reckoning under test. Offsets of zones, and what they change by, are whole quarters. */
function isWorked({ timeZone, days, from, until }: WorkingHours, at: number): boolean {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  clocks.set(timeZone, clock);
  const shown = clock.formatToParts(at);
  const part = (type: string): string => shown.find((each) => each.type === type)?.value ?? '';
  const time = `${part('hour')}:${part('minute')}`;
  return days.some((day) => day === part('weekday').toLowerCase()) && time >= from && time < until;
}

function workedQuarters(hours: WorkingHours, from: Date, until: Date): number {
  let worked = 0;
  for (let at = from.getTime(); at < until.getTime(); at += QUARTER_MS) if (isWorked(hours, at)) worked += 1;
  return worked;
}
