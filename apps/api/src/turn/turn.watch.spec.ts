import { EditingService } from '@imprimatur/domain/editing';
import { newId, notFound, ok, refuse } from '@imprimatur/kernel';
import type { UnitOfWork } from '@imprimatur/platform/database';
import type { DoorContext, LiveSource, Look } from '../door';
import { TurnWatch } from './turn.watch';

const id = newId('turn');
const door = { requestId: 'r', principal: { tenant: newId('tenant'), actor: {}, scopes: null } } as unknown as DoorContext;

function watched() {
  const item = { id: newId('item'), revision: 1, state: 'submitted' };
  const found = { state: 'submitted', items: [item, { ...item, id: newId('item') }], isThere: true };
  const editing = {
    findTurn: async () =>
      found.isThere ? ok({ id, session: newId('session'), state: found.state, submittedAt: new Date(0) }) : refuse(notFound('turn')),
    itemsOfTurns: async () => found.items,
  };
  const unitOfWork = { read: (_context: unknown, work: (read: object) => unknown) => Promise.resolve(work({})) };
  const looks: { look: Look; concerns: (payload: string) => boolean }[] = [];
  const source = {
    follow: ({ concerns }: { concerns: (payload: string) => boolean }, look: Look) => void looks.push({ look, concerns }),
  };
  const watch = new TurnWatch(source as unknown as LiveSource, unitOfWork as unknown as UnitOfWork, editing as unknown as EditingService);
  const begun = () => {
    const last = looks.at(-1);
    if (!last) throw new Error('nothing is followed');
    return last;
  };
  return { found, watch, begun };
}

describe('TurnWatch', () => {
  it('tells a turn again when one of its items moved', async () => {
    const { found, watch, begun } = watched();
    watch.turn(id);
    const { look, concerns } = begun();
    expect([concerns(id), concerns(newId('turn'))]).toEqual([true, false]);
    expect(await look(door)).toMatchObject([{ state: 'SUBMITTED' }]);
    expect(await look(door)).toEqual([]);
    found.items = found.items.map((item, at) => (at === 0 ? { ...item, revision: 2 } : item));
    expect(await look(door)).toHaveLength(1);
  });

  it('tells every item once, and each that moved again', async () => {
    const { found, watch, begun } = watched();
    watch.items(id);
    const { look } = begun();
    expect(await look(door)).toHaveLength(2);
    found.items = found.items.map((item, at) => (at === 1 ? { ...item, revision: 2, state: 'rendering' } : item));
    expect(await look(door)).toMatchObject([{ state: 'RENDERING' }]);
  });

  it('says that there is no turn, where it is not the caller’s to see', async () => {
    const { found, watch, begun } = watched();
    found.isThere = false;
    watch.turn(id);
    await expect(begun().look(door)).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } });
  });
});
