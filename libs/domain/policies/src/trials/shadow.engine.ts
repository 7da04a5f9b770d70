import type { BundleFiles } from '@imprimatur/formats/policy';
import { type BundleId, type Clock, Fault, systemClock } from '@imprimatur/kernel';
import { ThreadPool, threadEntry } from '@imprimatur/platform/threads';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ShadowBundle } from '../policy.types.js';
import type { ShadowTask } from './shadow.thread.js';
import type { RealAnswer, TrialAnswer } from './trial.types.js';

export interface ShadowLimits {
  readonly timeoutMs: number;
  /** How long a bundle is left alone that did not answer in time. */
  readonly restMs: number;
  readonly clock: Clock;
}

/** Injection token. */
export const SHADOW_LIMITS = Symbol('limits of bundles in shadow');
export const USUAL_LIMITS: ShadowLimits = { timeoutMs: 10_000, restMs: 300_000, clock: systemClock };

/**
 * Asks bundles that only watch, in a thread of their own: nothing that such a bundle does keeps this process from its work, and one that is too slow is
 * left alone for a while. Opened when it is first needed.
 */
@Injectable()
export class ShadowEngine implements OnApplicationShutdown {
  private pool: ThreadPool | undefined;
  private readonly restingUntil = new Map<BundleId, number>();

  constructor(@Inject(SHADOW_LIMITS) private readonly limits: ShadowLimits) {}

  /** `files` are asked for when the thread has not seen the bundle as it is stored now. */
  async ask(
    shadow: ShadowBundle,
    { asked, exceptions }: Pick<RealAnswer, 'asked' | 'exceptions'>,
    files: () => Promise<BundleFiles>,
  ): Promise<TrialAnswer> {
    const now = this.limits.clock.now().getTime();
    if ((this.restingUntil.get(shadow.id) ?? 0) > now) return { failure: 'slow' };
    this.restingUntil.delete(shadow.id);
    try {
      const answer = await this.run({ shadow, files: null, asked, exceptions });
      return answer ?? (await this.run({ shadow, files: await files(), asked, exceptions })) ?? { failure: 'broken' };
    } catch (error) {
      if (!(error instanceof Fault) || error.room !== 'threads') throw error;
      if (error.code !== 'THREAD_TIMEOUT') return { failure: 'broken' };
      this.restingUntil.set(shadow.id, now + this.limits.restMs);
      return { failure: 'slow' };
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.close();
  }

  private run(task: ShadowTask): Promise<TrialAnswer | null> {
    this.pool ??= new ThreadPool({
      name: 'policy-shadow',
      entry: threadEntry(__dirname, 'shadow.thread'),
      threads: 1,
      timeoutMs: this.limits.timeoutMs,
    });
    return this.pool.run<ShadowTask, TrialAnswer | null>(task);
  }
}
