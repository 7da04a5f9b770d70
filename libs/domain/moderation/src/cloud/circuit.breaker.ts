import type { Clock } from '@imprimatur/kernel';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failuresMax?: number;
  /** How long nothing is asked then. */
  readonly openMs?: number;
  readonly clock: Clock;
}

const FAILURES_MAX = 5;
const OPEN_MS = 30_000;

/**
 * Leaves an engine alone that keeps failing, so that no turn waits for its time limit. Open, it lets nothing through; after `openMs` it lets one call
 * through at a time to see, and the first that succeeds closes it.
 */
export class CircuitBreaker {
  private readonly failuresMax: number;
  private readonly openMs: number;
  private readonly clock: Clock;
  private failures = 0;
  private openUntil = 0;
  private isProbing = false;

  constructor({ failuresMax = FAILURES_MAX, openMs = OPEN_MS, clock }: BreakerOptions) {
    this.failuresMax = failuresMax;
    this.openMs = openMs;
    this.clock = clock;
  }

  /** Whether a call may be made now; whoever is told yes says afterwards how it ended. */
  mayTry(): boolean {
    if (this.failures < this.failuresMax) return true;
    if (this.isProbing || this.clock.now().getTime() < this.openUntil) return false;
    this.isProbing = true;
    return true;
  }

  succeeded(): void {
    this.failures = 0;
    this.isProbing = false;
  }

  failed(): void {
    this.failures += 1;
    this.isProbing = false;
    if (this.failures >= this.failuresMax) this.openUntil = this.clock.now().getTime() + this.openMs;
  }
}
