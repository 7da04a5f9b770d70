/** The only source of the current time; tests hand in their own. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** RFC 3339 in UTC with milliseconds and `Z`: the one form of a time in entries, manifests and answers. */
export function timestamp(at: Date): string {
  return at.toISOString();
}
