import type { Notifications } from '@imprimatur/platform/database';
import { GraphQLError, type ExecutionResult } from 'graphql';
import type { DoorContext } from './door.types';
import { LiveResults } from './live.results';
import { LiveSource, onlyNews } from './live.source';

const door = { requestId: 'r' } as DoorContext;

/** Stands in for the listening connection. */
class Wire {
  readonly listeners = new Set<(payload: string) => void>();
  readonly reconnected = new Set<() => void>();

  subscribe(_channel: string, listener: (payload: string) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  onReconnect(action: () => void): () => void {
    this.reconnected.add(action);
    return () => void this.reconnected.delete(action);
  }

  async listens(): Promise<void> {
    // it is there
  }

  notify(payload: string): void {
    for (const listener of this.listeners) listener(payload);
  }
}

function followed() {
  const wire = new Wire();
  const world = { state: 'one', may: true };
  const look = onlyNews(async () => ({ mark: world.state, events: [{ state: world.state }] }));
  const source = new LiveSource(wire as unknown as Notifications).follow({ channel: 'c', concerns: (payload) => payload === 'mine' }, look);
  const reported: unknown[] = [];
  const results = new LiveResults(source, {
    renew: async () => {
      if (!world.may) throw new GraphQLError('no', { extensions: { code: 'FORBIDDEN' } });
      return door;
    },
    tell: async (event) => ({ data: event as Record<string, unknown> }),
    report: (error) => reported.push(error),
  });
  const states = async (): Promise<ExecutionResult | undefined> => (await results.next()).value as ExecutionResult | undefined;
  return { wire, world, results, states };
}

const isWaiting = (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => false), new Promise<boolean>((resolve) => setImmediate(() => resolve(true)))]);

describe('what drives subscriptions', () => {
  it('tells the state of now, and again after each notification that concerns the subscriber', async () => {
    const { wire, world, states } = followed();
    expect(await states()).toEqual({ data: { state: 'one' } });
    const second = states();
    wire.notify('theirs');
    world.state = 'two';
    expect(await isWaiting(second)).toBe(true);
    wire.notify('mine');
    expect(await second).toEqual({ data: { state: 'two' } });
  });

  it('loses nothing that comes between two events, tells nothing twice, and looks again after a reconnection', async () => {
    const { wire, world, states } = followed();
    await states();
    world.state = 'two';
    wire.notify('mine');
    wire.notify('mine');
    expect(await states()).toEqual({ data: { state: 'two' } });
    const next = states();
    wire.notify('mine');
    expect(await isWaiting(next)).toBe(true);
    world.state = 'three';
    for (const action of wire.reconnected) action();
    expect(await next).toEqual({ data: { state: 'three' } });
  });

  it('ends with the reason when the caller may not any more', async () => {
    const { wire, world, states, results } = followed();
    await states();
    world.state = 'secret';
    world.may = false;
    wire.notify('mine');
    const last = await states();
    expect(last?.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    expect(JSON.stringify(last)).not.toContain('secret');
    expect(await results.next()).toMatchObject({ done: true });
    expect([wire.listeners.size, wire.reconnected.size]).toEqual([0, 0]);
  });

  it('ends at once when the client leaves, though no notification ever comes', async () => {
    const { wire, results } = followed();
    await results.next();
    const waiting = results.next();
    expect(await isWaiting(waiting)).toBe(true);
    expect(await results.return()).toMatchObject({ done: true });
    expect(await waiting).toMatchObject({ done: true });
    expect([wire.listeners.size, wire.reconnected.size]).toEqual([0, 0]);
  });

  it('ends before it began', async () => {
    const { results, wire } = followed();
    expect(await results.return()).toMatchObject({ done: true });
    expect(wire.listeners.size).toBe(0);
  });
});
