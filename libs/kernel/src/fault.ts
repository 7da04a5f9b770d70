export interface FaultDetail {
  /** The room that saw it: `ledger`, `provenance`. */
  readonly room: string;
  /** SCREAMING_SNAKE, append-only. */
  readonly code: string;
  readonly message: string;
  /** Whether the same call may succeed later. */
  readonly retryable?: boolean;
  /** Whether `message` may be shown to the client; otherwise it gets the code and the request id only. */
  readonly safe?: boolean;
  readonly cause?: unknown;
}

/** The world failed: thrown, logged once at the edge with its cause chain. Not for expected answers (Refusal) or bugs (assert). */
export class Fault extends Error {
  readonly room: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly safe: boolean;

  constructor(detail: FaultDetail) {
    super(detail.message, { cause: detail.cause });
    this.name = 'Fault';
    this.room = detail.room;
    this.code = detail.code;
    this.retryable = detail.retryable ?? false;
    this.safe = detail.safe ?? false;
  }
}

/** A bug if it is false: crashes the request or the job. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${claim}`);
}
