import { Client } from 'pg';
import { assert } from '@imprimatur/kernel';
import type { WriteContext } from './unit-of-work.js';

type Listener = (payload: string) => void;

const PAYLOAD_BYTES_MAX = 7_900;
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/** Tells every process, when and only when `write` commits. Ids only: PostgreSQL stops payloads at 8 kB and logs them. */
export async function notify(write: WriteContext, channel: string, payload: string): Promise<void> {
  assert(Buffer.byteLength(payload) <= PAYLOAD_BYTES_MAX, 'a notification carries ids only');
  await write.manager.query('select pg_notify($1, $2)', [channel, payload]);
}

/**
 * One listening connection per process. What is sent while it is away is lost, so whoever subscribes also looks for itself now and then;
 * `onReconnect` says when.
 */
export class Notifications {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly listening = new Map<string, Promise<unknown>>();
  private readonly reconnected = new Set<() => void>();
  private client: Client | undefined;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly applicationName = 'imprimatur-listen',
  ) {}

  async connect(): Promise<void> {
    await this.open();
  }

  /** Answers the way to unsubscribe. */
  subscribe(channel: string, listener: Listener): () => void {
    const known = this.listeners.get(channel);
    const listeners = known ?? new Set<Listener>();
    listeners.add(listener);
    if (!known) {
      this.listeners.set(channel, listeners);
      const listening = this.client?.query(`listen ${JSON.stringify(channel)}`).catch(() => undefined); // its loss reconnects, and listens again
      this.listening.set(channel, Promise.resolve(listening));
    }
    return () => void listeners.delete(listener);
  }

  /** Resolves when what is sent from now on is heard: whoever looks first and subscribes then would miss what lies between. */
  async listens(channel: string): Promise<void> {
    await this.listening.get(channel);
  }

  onReconnect(action: () => void): () => void {
    this.reconnected.add(action);
    return () => void this.reconnected.delete(action);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client?.end().catch(() => undefined);
  }

  private async open(): Promise<void> {
    const client = new Client({ connectionString: this.url, application_name: this.applicationName, keepAlive: true });
    client.on('notification', ({ channel, payload }) => {
      for (const listener of this.listeners.get(channel) ?? []) listener(payload ?? '');
    });
    const lost = (): void => {
      if (this.closed || this.client !== client) return;
      this.client = undefined;
      void this.reopen(RETRY_MIN_MS);
    };
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    this.client = client;
    for (const channel of this.listeners.keys()) await client.query(`listen ${JSON.stringify(channel)}`);
  }

  private async reopen(waitMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
    if (this.closed) return;
    try {
      await this.open();
      for (const action of this.reconnected) action();
    } catch {
      await this.reopen(Math.min(waitMs * 2, RETRY_MAX_MS));
    }
  }
}
