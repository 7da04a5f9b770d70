import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { LOG_ZERO } from './log.zero.js';

/** What others hold of a tenant's log: how much of it, since when. */
export interface LogStanding {
  /** Entries under a checkpoint that is an entry of log 0. */
  readonly anchoredSize: number;
  readonly anchoredAt: Date | null;
  /** Each with the newest size of log 0 that it cosigned. */
  readonly witnesses: readonly { readonly name: string; readonly size: number; readonly at: Date }[];
  /** The newest stamp on log 0. */
  readonly stamp: { readonly authority: string; readonly at: Date; readonly expiresAt: Date } | null;
}

/** Says how well a log is witnessed, for whoever looks after it. What a receipt is worth is judged by its verifier, not here. */
@Injectable()
export class LogStandingRepository {
  async of(read: ReadContext): Promise<LogStanding> {
    const { tenant } = read.context;
    const [anchored] = await read.manager.query<{ size: string; at: Date }[]>(
      `select size, at from ledger_anchor where tenant = $1 and kind = 'log-0' order by id desc limit 1`,
      [tenant],
    );
    const witnesses = await read.manager.query<{ name: string; size: string; at: Date }[]>(
      `select distinct on (a.name) a.name, a.size, a.at from ledger_anchor a join ledger_log l on l.tenant = a.tenant and l.generation = a.generation
        where a.tenant = $1 and a.kind = 'cosignature' order by a.name, a.size desc`,
      [LOG_ZERO],
    );
    const [stamp] = await read.manager.query<{ name: string; at: Date; expires_at: Date }[]>(
      `select name, at, expires_at from ledger_anchor where tenant = $1 and kind = 'timestamp' order by id desc limit 1`,
      [LOG_ZERO],
    );
    return {
      anchoredSize: Number(anchored?.size ?? 0),
      anchoredAt: anchored?.at ?? null,
      witnesses: witnesses.map(({ name, size, at }) => ({ name, size: Number(size), at })),
      stamp: stamp ? { authority: stamp.name, at: stamp.at, expiresAt: stamp.expires_at } : null,
    };
  }
}
