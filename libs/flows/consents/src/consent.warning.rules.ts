/** How many days before its end people are told. */
export const WARNING_DAYS = [30, 7, 1] as const;

const DAY_MS = 86_400_000;

export function warningAt(validUntil: Date, days: number): Date {
  return new Date(validUntil.getTime() - days * DAY_MS);
}

/** The step that a consent has reached at that moment; null: it has no end, or none of them is reached yet. */
export function dueStep(validUntil: Date | null, now: Date): number | null {
  if (validUntil === null) return null;
  return [...WARNING_DAYS].reverse().find((days) => warningAt(validUntil, days) <= now) ?? null;
}
