import { Pool, type PoolClient } from 'pg';
import { checkpointText, consistencyProof, leafHash, Tree, type WitnessKey } from '@imprimatur/formats/merkle';
import { type Clock, utf8 } from '@imprimatur/kernel';
import { AnchoringRepository, type LogZeroHead } from './anchoring.repository.js';
import { sha256 } from '../digest.js';
import { LOG_ZERO } from './log.zero.js';
import { CHECKPOINT_CHANNEL } from '../sequencing/sequencer.repository.js';
import { TileRepository } from '../reading/tile.repository.js';
import { TimestampClient } from './timestamp.client.js';
import { WitnessClient } from './witness.client.js';

const TICK_MS_MIN = 200;
const TICK_MS_MAX = 5_000;
const TICKS_PER_ANCHOR = 12;
const RETRY_MS = 30_000;
const RENEW_BEFORE_MS = 30 * 24 * 3_600_000;

export interface AnchoringOptions {
  /** As the role imprimatur_sequencer. */
  readonly url: string;
  /** At most one entry of log 0 per changed log in this time. */
  readonly anchorSeconds: number;
  readonly witnesses: readonly { readonly name: string; readonly key: WitnessKey; readonly url: string }[];
  /** Of an RFC 3161 authority; null: no stamps. */
  readonly tsaUrl: string | null;
  /** At most one stamp in this time. */
  readonly stampSeconds: number;
  readonly clock: Clock;
  readonly report: (error: unknown) => void;
}

/**
 * Hands memories of the log to others. Each round (1) makes the tenants' newest checkpoints entries of log 0, which the sequencer integrates
 * and signs; (2) has the witnesses cosign log 0; (3) has it stamped; (4) renews stamps before they expire. Any number may be started: one
 * works. A witness or an authority that is away stops nobody: it is asked again later.
 */
export class Anchoring {
  private readonly witnesses: readonly WitnessClient[];
  private readonly authority: TimestampClient | null;
  private readonly notBefore = new Map<string, number>();
  private pool: Pool | undefined;
  private holder: PoolClient | undefined;
  private repository: AnchoringRepository | undefined;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private running = false;
  private dirty = false;
  private stopped = false;

  constructor(private readonly options: AnchoringOptions) {
    this.witnesses = options.witnesses.map(({ name, key, url }) => new WitnessClient(name, key, url));
    this.authority = options.tsaUrl === null ? null : new TimestampClient(options.tsaUrl);
  }

  start(): void {
    const tickMs = (this.options.anchorSeconds * 1_000) / TICKS_PER_ANCHOR;
    this.timer = setInterval(() => this.wake(), Math.min(Math.max(tickMs, TICK_MS_MIN), TICK_MS_MAX));
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.round;
    await this.disconnect();
  }

  /** At most one round at a time. */
  private wake(): void {
    this.dirty = true;
    if (this.running || this.stopped) return;
    this.running = true;
    this.round = this.work().finally(() => (this.running = false));
  }

  private async work(): Promise<void> {
    while (this.dirty && !this.stopped) {
      this.dirty = false;
      try {
        const repository = await this.leading();
        if (repository) await this.anchor(repository);
      } catch (error) {
        this.options.report(error);
        await this.disconnect();
      }
    }
  }

  private async anchor(repository: AnchoringRepository): Promise<void> {
    await repository.recordCheckpoints(this.options.clock.now(), this.options.anchorSeconds);
    const head = await repository.head();
    if (!head) return;
    // one slow witness does not keep the others waiting
    await Promise.all(this.witnesses.map((witness) => this.attempt(witness.name, () => this.cosign(repository, head, witness))));
    const { authority } = this;
    if (authority) await this.attempt('the time-stamping authority', () => this.stamp(repository, head, authority));
  }

  private async cosign(repository: AnchoringRepository, head: LogZeroHead, witness: WitnessClient): Promise<void> {
    const known = await repository.cosignedSize(witness.name);
    if (known >= head.size) return;
    const tiles = new TileRepository((sql, values) => repository.query(sql, values));
    const line = await witness.cosign(head, known, (oldSize) =>
      tiles.withNodes(LOG_ZERO, (get) => consistencyProof(sha256, get, oldSize, head.size)),
    );
    await repository.insertCosignature(head.size, witness.name, line, this.options.clock.now());
  }

  private async stamp(repository: AnchoringRepository, head: LogZeroHead, authority: TimestampClient): Promise<void> {
    const now = this.options.clock.now();
    const last = await repository.lastStamp();
    const isDue = !last || (head.size > last.size && last.at.getTime() <= now.getTime() - this.options.stampSeconds * 1_000);
    if (isDue) await repository.insertStamp(head.size, await authority.stamp(utf8(checkpointText(head))), now);
    const expiring = await repository.expiring(new Date(now.getTime() + RENEW_BEFORE_MS));
    if (expiring.length === 0) return;
    const tree = Tree.empty(sha256);
    for (const { token } of expiring) tree.append(leafHash(sha256, token));
    const stamp = await authority.stamp(tree.root());
    // an authority whose own certificate ends as soon renews nothing
    if (stamp.expiresAt.getTime() <= now.getTime() + RENEW_BEFORE_MS) return;
    await repository.insertRenewal(
      expiring.map(({ id }) => id),
      head.size,
      stamp,
      now,
    );
  }

  /** Reports what failed, and leaves whoever failed alone for a while. */
  private async attempt(whom: string, action: () => Promise<void>): Promise<void> {
    const now = performance.now();
    if ((this.notBefore.get(whom) ?? 0) > now) return;
    try {
      await action();
      this.notBefore.delete(whom);
    } catch (error) {
      this.notBefore.set(whom, now + RETRY_MS);
      this.options.report(error);
    }
  }

  /** Null while another process holds the lock, which goes with the first connection; the second one works. */
  private async leading(): Promise<AnchoringRepository | null> {
    if (this.repository) return this.repository;
    if (!this.pool) {
      this.pool = new Pool({ connectionString: this.options.url, application_name: 'imprimatur-anchoring', keepAlive: true, max: 2 });
      this.pool.on('error', () => void this.disconnect());
    }
    const client = await this.pool.connect();
    const repository = new AnchoringRepository(this.pool);
    if (!(await repository.tryLock(client))) {
      client.release();
      return null;
    }
    await this.listen(client);
    this.repository = repository;
    return repository;
  }

  private async listen(client: PoolClient): Promise<void> {
    client.on('error', () => void this.disconnect());
    client.on('notification', ({ payload }) => {
      if (payload === LOG_ZERO) this.wake();
    });
    await client.query(`listen ${CHECKPOINT_CHANNEL}`);
    this.holder = client;
  }

  private async disconnect(): Promise<void> {
    const { pool, holder } = this;
    this.pool = undefined;
    this.repository = undefined;
    this.holder = undefined;
    holder?.release(true);
    await pool?.end().catch(() => undefined); // it may be gone already
  }
}
