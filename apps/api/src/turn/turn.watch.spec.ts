import { EditingService } from '@imprimatur/domain/editing';
import { type Context, newId, notFound, ok, refuse } from '@imprimatur/kernel';
import type { Notifications, UnitOfWork } from '@imprimatur/platform/database';
import { TurnWatch } from './turn.watch';

const context = {} as Context;
const id = newId('turn');

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

  notify(payload: string): void {
    for (const listener of this.listeners) listener(payload);
  }
}

function watched() {
  const wire = new Wire();
  const found = { state: 'submitted', isThere: true };
  const editing = {
    findTurn: () =>
      Promise.resolve(
        found.isThere ? ok({ id, session: newId('session'), state: found.state, submittedAt: new Date(0) }) : refuse(notFound('turn')),
      ),
  };
  const unitOfWork = { read: (_context: Context, work: (read: object) => unknown) => Promise.resolve(work({})) };
  const watch = new TurnWatch(wire as unknown as Notifications, unitOfWork as unknown as UnitOfWork, editing as unknown as EditingService);
  return { wire, found, follow: () => watch.follow(context, id) };
}

const isWaiting = (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => false), new Promise<boolean>((resolve) => setImmediate(() => resolve(true)))]);

describe('TurnWatch', () => {
  it('tells the state of now, and again after each notice of this turn', async () => {
    const { wire, found, follow } = watched();
    const states = follow();
    expect((await states.next()).value).toMatchObject({ state: 'SUBMITTED' });
    const second = states.next();
    wire.notify(newId('turn'));
    expect(await isWaiting(second)).toBe(true);
    found.state = 'rendering';
    wire.notify(id);
    expect((await second).value).toMatchObject({ state: 'RENDERING' });
  });

  it('loses no notice that comes between two states, and looks again after a reconnection', async () => {
    const { wire, found, follow } = watched();
    const states = follow();
    await states.next();
    found.state = 'screened';
    wire.notify(id);
    wire.notify(id);
    expect((await states.next()).value).toMatchObject({ state: 'SCREENED' });
    const next = states.next();
    expect(await isWaiting(next)).toBe(true);
    found.state = 'held';
    for (const action of wire.reconnected) action();
    expect((await next).value).toMatchObject({ state: 'HELD' });
  });

  it('ends at once when the client leaves, though no notice ever comes', async () => {
    const { wire, follow } = watched();
    const states = follow();
    await states.next();
    const waiting = states.next();
    expect(await isWaiting(waiting)).toBe(true);
    expect(await states.return?.()).toMatchObject({ done: true });
    expect(await waiting).toMatchObject({ done: true });
    expect([wire.listeners.size, wire.reconnected.size]).toEqual([0, 0]);
  });

  it('ends before it began, and where the turn is not the caller’s to see', async () => {
    const { wire, found, follow } = watched();
    expect(await follow().return?.()).toMatchObject({ done: true });
    found.isThere = false;
    await expect(follow().next()).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    expect(wire.listeners.size).toBe(0);
  });
});
