import type { SubjectId } from '@imprimatur/kernel';
import type { Absence } from '../absences/absence.types.js';
import type { ReviewTask } from '../review.types.js';

/** Counts go no further than this: nobody needs to know more of a queue that long, and a count that walks it all is slow. */
export const COUNTED_MAX = 10_000;

/** How a queue stands. Each count is exact up to `COUNTED_MAX`, and one more where there are more. */
export interface QueueStanding {
  readonly queue: string;
  readonly waiting: number;
  readonly breached: number;
  readonly claimed: number;
  /** When the task was opened that waits longest; null: none waits. */
  readonly oldestAt: Date | null;
}

/** Somebody who may decide reviews, and what they are at. */
export interface Reviewer {
  readonly subject: SubjectId;
  /** Pseudonym. */
  readonly ref: string;
  readonly name: string | null;
  /** When they last claimed or were heard of, to a quarter of a minute; null: never. */
  readonly seenAt: Date | null;
  /** Null: they are not away, and will not be as far as is known. */
  readonly absence: Absence | null;
  readonly holds: readonly ReviewTask[];
}
