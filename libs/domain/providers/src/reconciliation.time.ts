import { ok, type Result, refuse, type Refusal } from '@imprimatur/kernel';

/** A zone's offset from UTC, in milliseconds, at a moment (milliseconds since 1970). */
export type Zone = (atMs: number) => number;

type TimeProblem = Refusal<'TIME_UNREADABLE' | 'TIME_ZONE_MISSING' | 'TIME_AMBIGUOUS' | 'TIME_NEVER' | 'TIME_OUT_OF_RANGE'>;

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FIRST_MS = Date.UTC(2000, 0, 1);
const LAST_MS = Date.UTC(2100, 0, 1);
const OFFSET = /^([+-])(\d{2}):?(\d{2})$/;
const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|[+-]\d{2}:?\d{2})?$/;
const CACHE_MAX = 20_000;

/** `UTC`, an offset, or an IANA name; null: none of these. */
export function zoneOf(name: string): Zone | null {
  if (name === 'UTC' || name === 'Z') return () => 0;
  const offset = offsetOf(name);
  if (offset !== null) return () => offset;
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    return ianaZone(new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', ...PARTS }));
  } catch {
    return null;
  }
}

const PARTS = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;

function ianaZone(format: Intl.DateTimeFormat): Zone {
  const known = new Map<number, number>();
  return (atMs) => {
    // no zone changes its offset but at a quarter of an hour
    const quarter = Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
    const cached = known.get(quarter);
    if (cached !== undefined) return cached;
    const part = Object.fromEntries(format.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - quarter;
    if (known.size > CACHE_MAX) known.clear();
    known.set(quarter, offset);
    return offset;
  };
}

function offsetOf(text: string): number | null {
  const [, sign, hours, minutes] = OFFSET.exec(text) ?? [];
  if (sign === undefined || Number(hours) > 14 || Number(minutes) > 59) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}

/**
 * ISO 8601 (also with a space and `UTC`, as BigQuery writes it), a date alone (its midnight), or seconds or milliseconds since 1970 (10 or 13
 * digits). `zone` is for those that state none; without it they are refused, as is a local time that a clock change makes double or skips.
 */
export function readTime(text: string, zone: Zone | null): Result<Date, TimeProblem> {
  if (/^\d{10}(\.\d+)?$/.test(text)) return inRange(Number(text) * 1000);
  if (/^\d{13}$/.test(text)) return inRange(Number(text));
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', stated] = TIME.exec(text) ?? [];
  if (year === undefined) return no('TIME_UNREADABLE');
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // the 31st of February would have become a day of March
  if (!new Date(local).toISOString().startsWith(`${year}-${month}-${day}T${hour}:${minute}:${second}`)) return no('TIME_UNREADABLE');
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  if (stated !== undefined) {
    const offset = stated === 'Z' || stated === 'UTC' ? 0 : offsetOf(stated);
    return offset === null ? no('TIME_UNREADABLE') : inRange(local - offset + milliseconds);
  }
  if (!zone) return no('TIME_ZONE_MISSING');
  const offsets = [...new Set([zone(local - DAY_MS), zone(local + DAY_MS)])].filter((offset) => zone(local - offset) === offset);
  const [offset] = offsets;
  if (offset === undefined) return no('TIME_NEVER');
  return offsets.length > 1 ? no('TIME_AMBIGUOUS') : inRange(local - offset + milliseconds);
}

function inRange(atMs: number): Result<Date, TimeProblem> {
  return atMs >= FIRST_MS && atMs < LAST_MS ? ok(new Date(atMs)) : no('TIME_OUT_OF_RANGE');
}

function no(code: TimeProblem['code']): { ok: false; refusal: TimeProblem } {
  return refuse({ code, message: 'The time cannot be used.', remedy: 'Give RFC 3339, or name the time zone of the file.' });
}
