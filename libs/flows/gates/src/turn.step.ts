import type { Context, ItemId } from '@imprimatur/kernel';
import { Later } from '@imprimatur/platform/jobs';

/** One stretch of an item's life: ends with a move, or throws. */
export interface ItemStep {
  take(context: Context, item: ItemId, signal: AbortSignal): Promise<void>;
}

const LOOK_AGAIN_MS = 200;

/** Thrown where another job has to end first. */
export function notYet(): Later {
  return new Later(LOOK_AGAIN_MS);
}
