import type { ReviewOutcome } from '@imprimatur/domain/review';
import { fromHex } from '@imprimatur/kernel';

export function outcomeOf(name: string): ReviewOutcome {
  return name.toLowerCase().replaceAll('_', '-') as ReviewOutcome;
}

/** Anything but 64 hexadecimal digits is a digest that no task has. */
export function digestOf(text: string): Uint8Array {
  return /^[0-9a-f]{64}$/.test(text) ? fromHex(text) : new Uint8Array(32);
}
