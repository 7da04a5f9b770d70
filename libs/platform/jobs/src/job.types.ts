import type { JsonObject, TenantId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';

/** Work to be done after the commit. While one with the same tenant, kind and key waits or runs there is no second one; see `Jobs.enqueue`. */
export interface NewJob {
  /** Which handler: `turn-item`. */
  readonly kind: string;
  /** What it is about: the item's id. */
  readonly key: string;
  /** Ids only: the table is not under row-level security. */
  readonly payload: JsonObject;
  /** Not before; now when left out. */
  readonly runAt?: Date;
}

export interface Job {
  /** Decimal bigint. */
  readonly id: string;
  readonly tenant: TenantId;
  readonly kind: string;
  readonly key: string;
  readonly payload: JsonObject;
  /** 1 for the first run. */
  readonly attempt: number;
}

/** What a handler is given. */
export interface JobRun {
  readonly job: Job;
  /** Aborts when the lease is lost or the worker stops: whatever is under way must not be committed. */
  readonly signal: AbortSignal;
  /** Ends the job inside the handler's own transaction. Throws Fault JOB_LEASE_LOST, so that the transaction rolls back, when another worker has it. */
  readonly complete: (write: WriteContext) => Promise<void>;
}

export interface HandlerOptions {
  readonly concurrency: number;
  /** How long a run may go without a heartbeat before another worker takes it. */
  readonly leaseMs?: number;
  readonly attemptsMax?: number;
  /** Wait before the next attempt. */
  readonly backoffMs?: (attempt: number) => number;
  /** After the last attempt failed, once: the job is dead exactly when `write` commits, and only this worker can commit it. */
  readonly onDead?: (job: Job, error: unknown, write: WriteContext) => Promise<void>;
}

/**
 * Ended without a committed `complete`: the job is completed by itself. Thrown errors are retried, except a Fault that says that retrying is
 * of no use; `Later` is no error.
 */
export type JobHandler = (run: JobRun) => Promise<void>;

/** Thrown by a handler whose time has not come: runs again after `waitMs`, and does not count as an attempt. */
export class Later extends Error {
  constructor(readonly waitMs: number) {
    super(`again in ${waitMs} ms`);
  }
}
