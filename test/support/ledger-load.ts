import { type AssetId, type Context, newId } from '@imprimatur/kernel';
import type { LedgerRoom } from '../integration/ledger/ledger-room';
import type { Told } from './ledger-losses';
import { until } from './service';

const RETRY_MS = 20;

/** Callers that append events in business transactions of some tenants, about the same few assets, until they are stopped. */
export class LedgerLoad {
  readonly told: Told[] = [];
  readonly contexts: readonly Context[];
  readonly assets: readonly AssetId[] = [newId('asset'), newId('asset'), newId('asset')];
  private readonly writers: Promise<void>[] = [];
  private stopped = false;

  constructor(
    private readonly room: LedgerRoom,
    tenants = 3,
  ) {
    this.contexts = Array.from({ length: tenants }, () => room.context());
  }

  get done(): number {
    return this.told.filter(({ outcome }) => outcome === 'done').length;
  }

  start(writers = 6): void {
    for (let writer = 0; writer < writers; writer += 1) this.writers.push(this.write(writer));
  }

  /** Until so many more were told that it is done. */
  async more(count: number): Promise<void> {
    const { done } = this;
    await until(
      () => Promise.resolve(this.done),
      (now) => now >= done + count,
    );
  }

  /** Once every caller has heard of its last event. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.writers);
  }

  private async write(writer: number): Promise<void> {
    for (let n = 0; !this.stopped; n += 1) {
      const marker = `writer ${writer}/${n}`;
      const context = this.contexts[(writer + n) % this.contexts.length] ?? this.room.context();
      const asset = this.assets[n % this.assets.length] ?? newId('asset');
      const event = { type: 'test.happened', about: [{ kind: 'asset', id: asset } as const], facts: { marker } };
      try {
        await this.room.database.unitOfWork.write(context, (write) => this.room.ledger.append(write, event));
        this.told.push({ marker, outcome: 'done' });
      } catch {
        this.told.push({ marker, outcome: 'failed' });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
