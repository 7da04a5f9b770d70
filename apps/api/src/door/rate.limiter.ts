import { createHash } from 'node:crypto';
import { type Refusal, systemClock } from '@imprimatur/kernel';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { DoorContext, Spending } from './door.types.js';

/** Length of a window. */
export const WINDOW_S = 60;
const POINTS_SIGNED_IN = 300_000;
const POINTS_ANONYMOUS = 20_000;
const CONNECTIONS = 2;

export interface Spent extends Spending {
  /** False: the allowance of this window is used up, and the request must not run. */
  readonly allowed: boolean;
}

type Spender = Pick<DoorContext, 'allowanceKey' | 'principal'>;

/** Counts points per caller and minute in PostgreSQL, so that all api processes count together; by itself while the database is away. */
@Injectable()
export class RateLimiter implements OnApplicationShutdown {
  private readonly pool: Pool;
  private readonly signedIn: RateLimiterPostgres;
  private readonly anonymous: RateLimiterPostgres;

  constructor(databaseUrl: string) {
    // its own connections: under load the limiter must not queue behind the work that it is there to limit
    this.pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS, application_name: 'imprimatur-limiter' });
    this.pool.on('error', () => undefined); // an idle connection that broke is replaced; the next query tells if none can be had
    this.signedIn = this.limiterOf('signed-in', POINTS_SIGNED_IN);
    this.anonymous = this.limiterOf('anonymous', POINTS_ANONYMOUS);
  }

  /** Points of a whole window for this caller. */
  limitFor(spender: Spender): number {
    return spender.principal ? POINTS_SIGNED_IN : POINTS_ANONYMOUS;
  }

  async spend(spender: Spender, cost: number): Promise<Spent> {
    const limiter = spender.principal ? this.signedIn : this.anonymous;
    // hashed: the table is nobody's tenant, so it holds neither addresses nor pseudonyms
    const key = createHash('sha256').update(spender.allowanceKey).digest('base64url');
    try {
      return { allowed: true, ...spendingOf(await limiter.consume(key, cost), cost) };
    } catch (rejected) {
      if (rejected instanceof RateLimiterRes) return { allowed: false, ...spendingOf(rejected, cost) };
      throw rejected;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  private limiterOf(keyPrefix: string, points: number): RateLimiterPostgres {
    return new RateLimiterPostgres({
      storeClient: this.pool,
      storeType: 'pool',
      tableName: 'rate_limit',
      tableCreated: true,
      keyPrefix,
      points,
      duration: WINDOW_S,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix, points, duration: WINDOW_S }),
    });
  }
}

export type RateLimited = Refusal<'RATE_LIMITED'>;

export function allowanceUsedUp(resetAt: Date): RateLimited {
  return {
    code: 'RATE_LIMITED',
    message: 'The allowance of this minute is used up.',
    remedy: `It is full again at ${resetAt.toISOString()}; the query rateLimit tells what is left.`,
  };
}

/** For `retry-after`. */
export function secondsUntil(resetAt: Date): number {
  return Math.max(1, Math.ceil((resetAt.getTime() - systemClock.now().getTime()) / 1000));
}

function spendingOf(result: RateLimiterRes, cost: number): Spending {
  return { cost, remaining: result.remainingPoints, resetAt: new Date(systemClock.now().getTime() + result.msBeforeNext) };
}
