import { systemClock } from '@imprimatur/kernel';
import type { BlobStore } from '@imprimatur/platform/blobs';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What interrupted writes leave behind is removed once nothing can still be using it. Answers the way to stop. */
export function startHousekeeping(blobs: BlobStore, report: (error: unknown) => void): () => void {
  const sweep = (): void => {
    blobs.sweep(new Date(systemClock.now().getTime() - DAY_MS)).catch(report);
  };
  sweep();
  const timer = setInterval(sweep, HOUR_MS);
  return () => clearInterval(timer);
}
