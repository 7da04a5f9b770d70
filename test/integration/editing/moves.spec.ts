import type { TurnItem } from '@imprimatur/domain/editing';
import { type Context, newId, type TenantId } from '@imprimatur/kernel';
import { codeOf, openRooms, type Rooms, valueOf } from '../assets/rooms';
import { Turns, verdict } from './turns';

let rooms: Rooms;
let tenant: TenantId;
let creator: Context;
let approver: Context;
let turns: Turns;

beforeAll(async () => {
  rooms = await openRooms();
  tenant = await rooms.newTenant();
  creator = await rooms.person(tenant, 'creator');
  approver = await rooms.person(tenant, 'approver');
  turns = new Turns(rooms, creator);
});
afterAll(() => rooms.close());

const held = (item: TurnItem): Promise<TurnItem> => turns.walk(item, 'screened', 'rendering', 'rendered', 'inspected', 'held');

describe('a move', () => {
  it('is won by one of 50 at once, with one event', async () => {
    const { item } = await turns.submit();
    const done = await Promise.all(Array.from({ length: 50 }, (_, at) => turns.move(item, at % 2 === 0 ? 'screened' : 'refused')));
    const won = done.filter(({ ok }) => ok).map(valueOf);
    expect(won).toHaveLength(1);
    for (const lost of done.filter(({ ok }) => !ok))
      expect(lost).toMatchObject({ refusal: { code: 'STATE_CHANGED', state: won[0]?.state } });
    expect(await turns.item(item.id)).toEqual(won[0]);
    expect(await turns.events(item)).toHaveLength(1);
  });

  it('from what was seen before the last move is too late, even where the state is the same again', async () => {
    const { item } = await turns.submit();
    const asked = valueOf(await turns.move(item, 'clarifying', { question: 'Which lamp?' }));
    const again = valueOf(await rooms.write(creator, (write) => rooms.editing.answerClarification(write, asked.id, 'The left one')));
    expect([item.state, again.state]).toEqual(['submitted', 'submitted']);
    expect(codeOf(await turns.move(item, 'screened'))).toBe('STATE_CHANGED');
    expect((await turns.move(again, 'screened')).ok).toBe(true);
  });

  it('that rolls back leaves state, event, verdict and job as they were', async () => {
    const { item } = await turns.submit();
    const failing = rooms.write(rooms.system(tenant), async (write) => {
      valueOf(await rooms.editing.move(write, item.id, 'refused', { expectedFrom: item, verdict: verdict() }));
      throw new Error('the caller failed');
    });
    await expect(failing).rejects.toThrow('the caller failed');
    expect(await turns.item(item.id)).toEqual(item);
    expect(await turns.events(item)).toEqual([]);
    expect(await rooms.read(creator, (read) => rooms.editing.verdictsOf(read, [item.id]))).toEqual([]);
  });

  it('that the table does not have is a bug', async () => {
    const { item } = await turns.submit();
    await expect(turns.move(item, 'released')).rejects.toThrow('assertion failed: an item may move from submitted to released');
    await expect(turns.walk(item, 'screened', 'rendering').then((at) => turns.move(at, 'rendered'))).rejects.toThrow(
      'a rendered item has a result',
    );
    await expect(turns.item(item.id).then((at) => turns.move(at, 'failed'))).rejects.toThrow('a failed item says why');
    expect((await turns.item(item.id)).state).toBe('rendering');
  });

  it('is not the work of somebody whom the table does not name', async () => {
    const { item } = await turns.submit();
    expect(codeOf(await turns.move(item, 'screened', {}, creator))).toBe('FORBIDDEN');
    const waiting = await held(item);
    await expect(turns.move(waiting, 'released')).rejects.toThrow(
      'assertion failed: the service may move an item from held to released by itself',
    );
    expect(codeOf(await turns.move(waiting, 'released', {}, creator))).toBe('FORBIDDEN');
    expect(codeOf(await turns.move(waiting, 'released', {}, await rooms.person(tenant, 'auditor')))).toBe('FORBIDDEN');
    expect(valueOf(await turns.move(waiting, 'released', {}, approver)).state).toBe('released');
  });

  it('never lets somebody decide on their own turn, whatever their roles', async () => {
    const both = await rooms.person(tenant, 'creator', 'approver', 'legal');
    const theirs = new Turns(rooms, both);
    const waiting = await theirs.walk((await theirs.submit()).item, 'screened', 'rendering', 'rendered', 'inspected', 'held');
    expect(codeOf(await theirs.move(waiting, 'released', {}, both))).toBe('FORBIDDEN');
    expect(codeOf(await theirs.move(waiting, 'rejected', {}, both))).toBe('FORBIDDEN');
    expect((await theirs.move(waiting, 'rejected', {}, approver)).ok).toBe(true);
  });

  it('writes what it rests on: provider, operations, result, verdict', async () => {
    const { turn, item } = await turns.submit();
    const operations = [{ operation: 'erase', target: 'the ring of Anna' }];
    const screened = valueOf(await turns.move(item, 'screened', { operations, facts: { gates: 3 } }));
    const rendering = valueOf(await turns.move(screened, 'rendering', { provider: 'local' }));
    const result = (await turns.result(item)).id;
    const inspected = await turns.walk(valueOf(await turns.move(rendering, 'rendered', { result })), 'inspected');
    const done = valueOf(await turns.move(inspected, 'held', { verdict: verdict({ gate: 'review', outcome: 'hold' }) }));
    expect(done).toMatchObject({ state: 'held', provider: 'local', resultVersion: result, revision: 5 });
    const contents = await rooms.read(creator, (read) => rooms.editing.contents(read, turn.id));
    expect(contents?.items.get(item.id)?.operations).toEqual(operations);

    const events = await rooms.entries(tenant, item.id);
    const moves = events.filter(({ type }) => type !== 'version.created');
    expect(moves.map(({ type }) => type)).toEqual(['item.screened', 'item.rendering', 'item.rendered', 'item.inspected', 'item.held']);
    for (const [at, event] of moves.entries()) {
      expect(event.about.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['asset', 'turn', 'item']));
      expect(event.facts).toMatchObject({ revision: at + 1 });
    }
    expect(moves[0]).toMatchObject({
      facts: { from: 'submitted', to: 'screened', gates: 3 },
      parts: { operations: expect.any(String) as string },
    });
    expect(moves[1]?.facts).toMatchObject({ provider: 'local' });
    expect(moves[2]?.about).toContainEqual({ kind: 'version', id: result });
    expect(moves[4]).toMatchObject({
      facts: { gate: 'review', outcome: 'hold', rules: ['usage.x'] },
      parts: { verdict: expect.any(String) as string },
    });
    expect(JSON.stringify(events)).not.toContain('Anna');
  });

  it('goes over the same asset beside other writers without a deadlock, when the item is held first', async () => {
    const { item } = await turns.submit();
    const rendering = await turns.walk(item, 'screened', 'rendering');
    const worker = rooms.write(rooms.system(tenant), async (write) => {
      const seen = valueOf(await rooms.editing.lockItem(write, item.id));
      const blob = await rooms.assets.storeBlob(write, Buffer.from('a result'), { format: 'png', subjects: [] });
      const wish = {
        asset: item.asset,
        parent: item.baseVersion,
        blob: blob.id,
        width: 1,
        height: 1,
        format: 'png',
        origin: 'turn' as const,
        item: item.id,
      };
      const version = valueOf(await rooms.assets.addVersion(write, { ...wish, operations: [] }));
      return rooms.editing.move(write, item.id, seen.state === 'rendering' ? 'rendered' : seen.state, {
        expectedFrom: rendering,
        result: version.id,
      });
    });
    const [done, cancelled] = await Promise.all([worker, rooms.write(creator, (write) => rooms.editing.cancelTurn(write, item.turn))]);
    expect(cancelled.ok).toBe(true);
    expect((await turns.item(item.id)).state).toBe('cancelled');
    expect(done.ok || done.refusal.code === 'STATE_CHANGED').toBe(true);
  });
});

describe('verdicts', () => {
  it('are kept in the order in which the gates answered, with their events, and never change', async () => {
    const { item } = await turns.submit();
    const gates = ['usage', 'consent', 'moderation'];
    const record = (some: readonly string[]) =>
      rooms.write(rooms.system(tenant), (write) =>
        rooms.editing.recordVerdicts(
          write,
          item.id,
          some.map((gate) => verdict({ gate, outcome: 'pass', findings: [] })),
        ),
      );
    const ids = [...valueOf(await record(gates.slice(0, 2))), ...valueOf(await record(gates.slice(2)))];
    const refusing = verdict();
    valueOf(await turns.move(item, 'refused', { verdict: refusing }));
    const kept = await rooms.read(creator, (read) => rooms.editing.verdictsOf(read, [item.id]));
    expect(kept.map(({ gate, ordinal }) => [gate, ordinal])).toEqual([...gates, 'usage'].map((gate, at) => [gate, at + 1]));
    expect(kept.slice(0, 3).map(({ id }) => id)).toEqual(ids);
    expect(kept[3]).toMatchObject(refusing);
    expect(await turns.events(item)).toEqual(['verdict.recorded', 'verdict.recorded', 'verdict.recorded', 'item.refused']);
    const change = (sql: string) => rooms.write(rooms.system(tenant), (write) => write.manager.query(sql, [item.id]));
    await expect(change(`update verdict set outcome = 'pass' where item = $1`)).rejects.toThrow('permission denied');
    await expect(rooms.database.asAdmin(`update verdict set outcome = 'pass' where item = $1`, [item.id])).rejects.toThrow('append-only');
  });

  it('of 10 gates at once are all kept, each under a number of its own', async () => {
    const { item } = await turns.submit();
    await Promise.all(
      Array.from({ length: 10 }, () =>
        rooms.write(rooms.system(tenant), (write) => rooms.editing.recordVerdicts(write, item.id, [verdict()])),
      ),
    );
    const kept = await rooms.read(creator, (read) => rooms.editing.verdictsOf(read, [item.id]));
    expect(kept.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: 10 }, (_, at) => at + 1));
  });

  it('of an item that is not there are refused', async () => {
    expect(
      codeOf(await rooms.write(rooms.system(tenant), (write) => rooms.editing.recordVerdicts(write, newId('item'), [verdict()]))),
    ).toBe('NOT_FOUND');
  });
});

describe('a question', () => {
  it('is asked, answered by one of many, kept sealed, and puts the worker back to work', async () => {
    const { turn, item } = await turns.submit();
    const asked = valueOf(await turns.move(item, 'clarifying', { question: 'The lamp beside Anna, or the other?' }));
    const answer = (text: string) => rooms.write(creator, (write) => rooms.editing.answerClarification(write, item.id, text));
    expect(codeOf(await answer('  '))).toBe('ANSWER_EMPTY');
    const done = await Promise.all(Array.from({ length: 8 }, (_, at) => answer(`answer ${at}`)));
    expect(done.filter(({ ok }) => ok)).toHaveLength(1);
    for (const refused of done.filter(({ ok }) => !ok)) expect(codeOf(refused)).toBe('NO_OPEN_QUESTION');
    const contents = await rooms.read(creator, (read) => rooms.editing.contents(read, turn.id));
    const [clarification] = contents?.items.get(item.id)?.clarifications ?? [];
    expect(clarification).toMatchObject({
      question: 'The lamp beside Anna, or the other?',
      answer: expect.stringMatching(/^answer \d$/) as string,
    });
    expect(await turns.jobs(item)).toHaveLength(2);
    expect((await turns.jobs(item))[1]?.payload.revision).toBe(asked.revision + 1);
    expect(await turns.events(item)).toEqual(['clarification.asked', 'clarification.answered']);
    const events = await rooms.entries(tenant, item.id);
    expect(events.map(({ parts }) => Object.keys(parts))).toEqual([['question'], ['answer']]);
    expect(JSON.stringify(events)).not.toContain('Anna');
  });

  it('may be asked again, one at a time', async () => {
    const { turn, item } = await turns.submit();
    for (const question of ['Which one?', 'And how much?']) {
      valueOf(await turns.move(await turns.item(item.id), 'clarifying', { question }));
      valueOf(await rooms.write(creator, (write) => rooms.editing.answerClarification(write, item.id, `to ${question}`)));
    }
    const contents = await rooms.read(creator, (read) => rooms.editing.contents(read, turn.id));
    expect(contents?.items.get(item.id)?.clarifications.map(({ question, answer }) => [question, answer])).toEqual([
      ['Which one?', 'to Which one?'],
      ['And how much?', 'to And how much?'],
    ]);
    expect(codeOf(await rooms.write(creator, (write) => rooms.editing.answerClarification(write, item.id, 'unasked')))).toBe(
      'NO_OPEN_QUESTION',
    );
  });
});

describe('what a person hands back', () => {
  it('is a job for the worker: a held edit that a reviewer lets go on, and one that is asked for again', async () => {
    const { item } = await turns.submit();
    const before = valueOf(await turns.move(item, 'held-before'));
    const screened = valueOf(await turns.move(before, 'screened', {}, approver));
    expect((await turns.jobs(item)).map(({ key }) => key)).toEqual([`${item.id}/0`, `${item.id}/${screened.revision}`]);
    const waiting = await turns.walk(screened, 'rendering', 'rendered', 'inspected', 'held');
    const asked = valueOf(await turns.move(waiting, 'changes-requested', {}, approver));
    const again = valueOf(await turns.move(asked, 'submitted', {}, creator));
    expect((await turns.jobs(item)).at(-1)?.key).toBe(`${item.id}/${again.revision}`);
  });

  it('may be appealed, and blocked after its release', async () => {
    const waiting = await held((await turns.submit()).item);
    const rejected = valueOf(await turns.move(waiting, 'rejected', {}, approver));
    const appealed = valueOf(await turns.move(rejected, 'held', {}, creator));
    const released = valueOf(await turns.move(appealed, 'released', {}, approver));
    const legal = await rooms.person(tenant, 'legal');
    expect(codeOf(await turns.move(released, 'blocked', {}, creator))).toBe('FORBIDDEN');
    expect(valueOf(await turns.move(released, 'blocked', {}, legal)).state).toBe('blocked');
    expect((await turns.events(waiting)).slice(-4)).toEqual(['item.rejected', 'item.appealed', 'item.released', 'item.blocked']);
  });
});

describe('a turn over several pictures', () => {
  const states = async (items: readonly TurnItem[]) => Promise.all(items.map(async ({ id }) => (await turns.item(id)).state));

  it('goes on with the others when one is refused', async () => {
    const { turn, items, item } = await turns.submit({}, 3);
    valueOf(await turns.move(item, 'refused'));
    expect(await states(items)).toEqual(['refused', 'submitted', 'submitted']);
    expect(valueOf(await rooms.read(creator, (read) => rooms.editing.findTurn(read, turn.id))).state).toBe('submitted');
  });

  it('ends with the one that is refused when it was all or nothing', async () => {
    const { turn, items, item } = await turns.submit({ allOrNothing: true }, 3);
    const [, second, third] = items;
    if (!second || !third) throw new Error('three items');
    valueOf(await turns.move(second, 'screened'));
    valueOf(await turns.move(item, 'refused', { verdict: verdict() }));
    expect(await states(items)).toEqual(['refused', 'cancelled', 'cancelled']);
    expect((await turns.item(third.id)).failure).toEqual({ code: 'ALL_OR_NOTHING', retryable: false });
    expect((await rooms.entries(tenant, third.id)).at(-1)).toMatchObject({ type: 'item.cancelled', facts: { sunkBy: item.id } });
    expect(valueOf(await rooms.read(creator, (read) => rooms.editing.findTurn(read, turn.id))).state).toBe('refused');
    expect(codeOf(await turns.move(second, 'rendering'))).toBe('STATE_CHANGED');
  });

  it('ends once, without a deadlock, when all of its items end badly at the same time', async () => {
    for (let run = 0; run < 6; run += 1) {
      const { items } = await turns.submit({ allOrNothing: true }, 4);
      const done = await Promise.all(items.map((item) => turns.move(item, 'refused')));
      expect(done.filter(({ ok }) => ok)).toHaveLength(1);
      expect((await states(items)).sort()).toEqual(['cancelled', 'cancelled', 'cancelled', 'refused']);
    }
  });

  it('is cancelled as far as it has not ended, and only once', async () => {
    const { turn, items, item } = await turns.submit({}, 3);
    const cancel = () => rooms.write(creator, (write) => rooms.editing.cancelTurn(write, turn.id));
    valueOf(await turns.move(await held(item), 'released', {}, approver));
    expect(valueOf(await cancel()).state).toBe('released');
    expect(await states(items)).toEqual(['released', 'cancelled', 'cancelled']);
    expect(codeOf(await cancel())).toBe('TURN_ENDED');
    expect(codeOf(await rooms.write(approver, (write) => rooms.editing.cancelTurn(write, turn.id)))).toBe('FORBIDDEN');
  });
});

describe('items that wait', () => {
  it('are found by their state and since when, longest first', async () => {
    const alone = await rooms.person(await rooms.newTenant(), 'creator');
    const theirs = new Turns(rooms, alone);
    const [one, two] = [(await theirs.submit()).item, (await theirs.submit()).item];
    const waiting = (before: Date) =>
      rooms.read(rooms.system(alone.tenant), (read) => rooms.editing.itemsWaiting(read, ['submitted'], before, 10));
    expect((await waiting(new Date('2999-01-01T00:00:00Z'))).map(({ id }) => id)).toEqual([one.id, two.id]);
    expect(await waiting(one.movedAt)).toEqual([]);
  });
});
