import { type Attempt, CAPACITY } from '@imprimatur/domain/providers';

/**
 * The providers that a turn may still go to, in its own order of preference: those without the ones that had no room. Only want of room sends a turn
 * on: what one provider refused, no other is asked for.
 */
export function providersLeft(preferred: readonly string[], attempts: readonly Attempt[]): readonly string[] {
  const full = new Set(attempts.filter(({ ending }) => ending?.errorCode === CAPACITY).map(({ provider }) => provider));
  return preferred.filter((name) => !full.has(name));
}
