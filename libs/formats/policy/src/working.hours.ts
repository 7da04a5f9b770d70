/** When a queue is worked in. Times are those of the wall clock in `timeZone`. */
export interface WorkingHours {
  readonly id: string;
  /** IANA name: `Europe/Berlin`. */
  readonly timeZone: string;
  readonly days: readonly Weekday[];
  /** `09:00`. */
  readonly from: string;
  /** `17:30`; `24:00` is the end of the day. */
  readonly until: string;
  /** Days on which nobody works, `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
}

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Holidays are a finite list and a week has a working day, so the end is always found; this only ends what can only be a mistake. */
const DAYS_MAX = 366 * 50;

/** What the zone's wall clock shows at an instant, as if it were UTC: `Date.UTC` of its year, month, day, hour, minute and second. */
type WallClock = (at: number) => number;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  // making one costs a hundred times more than using it
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}

function wallClockOf(timeZone: string): WallClock {
  const format = formatOf(timeZone);
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

/** Whether this is a time zone that can be reckoned with. */
export function isTimeZone(timeZone: string): boolean {
  try {
    return formatOf(timeZone) !== undefined;
  } catch {
    return false;
  }
}

/**
 * The instant at which the wall clock shows `local`. Where it shows that twice (clocks were put back), the first; where it never does (clocks were put
 * forward), the instant that the clock would have shown it without the change.
 */
function instantOf(local: number, clock: WallClock): number {
  const offsetAt = (at: number): number => clock(at) - at;
  const [before, after] = [offsetAt(local - DAY_MS), offsetAt(local + DAY_MS)];
  const candidates = [local - before, local - after].filter((at) => clock(at) === local);
  return candidates.length > 0 ? Math.min(...candidates) : local - before;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Beginning and end of the work on one day; null: nobody works then. `day`: midnight, as if it were UTC. */
function workOn(hours: WorkingHours, day: number, clock: WallClock): readonly [number, number] | null {
  const date = new Date(day);
  const weekday = WEEKDAYS[date.getUTCDay()];
  if (weekday === undefined || !hours.days.includes(weekday) || hours.holidays.includes(date.toISOString().slice(0, 10))) return null;
  return [instantOf(day + minutesOf(hours.from) * MINUTE_MS, clock), instantOf(day + minutesOf(hours.until) * MINUTE_MS, clock)];
}

/** When `minutes` of work have passed since `from`: only time in working hours counts. An hour that clocks skip is not worked, one that they repeat is worked twice. */
export function afterWorkingMinutes(hours: WorkingHours, from: Date, minutes: number): Date {
  const clock = wallClockOf(hours.timeZone);
  const start = from.getTime();
  let left = minutes * MINUTE_MS;
  const today = Math.floor(clock(start) / DAY_MS) * DAY_MS;
  for (let day = 0; day < DAYS_MAX; day += 1) {
    const work = workOn(hours, today + day * DAY_MS, clock);
    if (work === null) continue;
    const [begins, ends] = [Math.max(work[0], start), work[1]];
    if (ends - begins >= left && ends > begins) return new Date(begins + left);
    left -= Math.max(0, ends - begins);
  }
  throw new Error(`working hours '${hours.id}' have no work in them`);
}
