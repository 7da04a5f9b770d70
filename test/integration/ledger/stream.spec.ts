import {
  type EventFilter,
  EventStream,
  EventStreamRepository,
  type NewEvent,
  sha256,
  type StreamedEvent,
  type StreamWish,
} from '@imprimatur/domain/ledger';
import { leafHash, parseCheckpoint, Tree } from '@imprimatur/formats/merkle';
import { type Context, newId } from '@imprimatur/kernel';
import { LedgerRoom } from './ledger-room';

const EVERYTHING: EventFilter = { actor: null, types: [], about: [], from: null, to: null };

describe('streaming the ledger', () => {
  let room: LedgerRoom;
  let stream: EventStream;
  beforeAll(async () => {
    room = await LedgerRoom.open();
    await room.startSequencer();
    stream = new EventStream(room.database.unitOfWork, new EventStreamRepository(), room.ledger);
  });
  afterAll(() => room.close());

  const event = (n: number, more: Partial<NewEvent> = {}): NewEvent => ({ type: 'test.happened', about: [], facts: { n }, ...more });
  const append = async (context: Context, events: readonly NewEvent[]): Promise<void> => {
    await room.database.unitOfWork.write(context, async (write) => {
      for (const each of events) await room.ledger.append(write, each);
    });
  };
  const begin = async (context: Context, wish: Partial<StreamWish> = {}) => {
    const begun = await stream.begin(context, { format: 'ndjson', filter: EVERYTHING, after: 0, ...wish });
    if (!begun.ok) throw new Error(JSON.stringify(begun.refusal));
    return begun.value;
  };
  const read = async (
    context: Context,
    wish: Partial<StreamWish> = {},
  ): Promise<{ events: StreamedEvent[]; position: number; pages: number }> => {
    const streaming = await begin(context, wish);
    const got = { events: [] as StreamedEvent[], position: wish.after ?? 0, pages: 0 };
    for await (const { events, position } of streaming.pages) {
      got.events.push(...events);
      got.position = position;
      got.pages += 1;
    }
    await streaming.end({ outcome: 'complete', events: got.events.length, position: got.position });
    return got;
  };
  const numbers = (events: readonly StreamedEvent[]): unknown[] => events.map(({ entry }) => entry.facts.n).filter((n) => n !== undefined);

  it('gives every entry of 1,200 once, in pages, and their hashes are the signed log', async () => {
    const context = room.context();
    await append(
      context,
      Array.from({ length: 1_200 }, (_, n) => event(n)),
    );
    await room.signed(context, 1_200);
    const note = await room.database.unitOfWork.read(context, (inside) => room.reader.file(inside, 'checkpoint'));
    const { events, position, pages } = await read(context);
    expect([events.length, position, pages]).toEqual([1_200, 1_200, 3]);
    expect(events.map(({ index }) => index)).toEqual(Array.from({ length: 1_200 }, (_, n) => n));
    const tree = Tree.empty(sha256);
    for (const { bytes, leafHash: told } of events) {
      expect(Buffer.from(leafHash(sha256, bytes)).equals(told)).toBe(true);
      tree.append(told);
    }
    expect(Buffer.from(tree.root())).toEqual(Buffer.from(parseCheckpoint(Buffer.from(note ?? []).toString())?.root ?? []));
  });

  it('goes on where it stopped', async () => {
    const context = room.context();
    await append(
      context,
      Array.from({ length: 20 }, (_, n) => event(n)),
    );
    await room.signed(context, 20);
    const { events } = await read(context, { after: 13 });
    expect(numbers(events)).toEqual([13, 14, 15, 16, 17, 18, 19]);
    expect(numbers((await read(context, { after: 20 })).events)).toEqual([]);
    expect(await stream.begin(context, { format: 'ndjson', filter: EVERYTHING, after: 999 })).toMatchObject({
      ok: false,
      refusal: { code: 'POSITION_BEYOND_LOG' },
    });
  });

  it('misses nothing that began before and is committed later', async () => {
    const context = room.context();
    await append(context, [event(1)]);
    await room.signed(context, 1);
    const { position } = await new Promise<{ position: number }>((resolve, reject) => {
      room.database.unitOfWork
        .write(context, async (write) => {
          await room.ledger.append(write, event(2)); // has its place in the table, and is not committed
          await append(context, [event(3)]);
          await room.signed(context, 2);
          resolve(await read(context));
        })
        .catch(reject);
    });
    await room.signed(context, 5); // three of ours, and the beginning and the end of the stream

    const rest = await read(context, { after: position });
    expect(numbers(rest.events)).toContain(2);
  });

  it('narrows to what is asked for, and says how far it looked', async () => {
    const context = room.context();
    const other = { ...context, actor: { ...context.actor, ref: newId('subject') } };
    const turn = newId('turn');
    await append(context, [event(1, { about: [{ kind: 'turn', id: turn }] }), event(2, { type: 'test.ended' })]);
    await append(other, [event(3, { about: [{ kind: 'turn', id: turn }] })]);
    await room.signed(context, 3);
    const filtered = async (filter: Partial<EventFilter>): Promise<unknown[]> =>
      numbers((await read(context, { filter: { ...EVERYTHING, ...filter } })).events);
    expect(await filtered({ actor: other.actor.ref })).toEqual([3]);
    expect(await filtered({ types: ['test.ended', 'test.never'] })).toEqual([2]);
    expect(await filtered({ about: [{ kind: 'turn', id: turn }] })).toEqual([1, 3]);
    expect(await filtered({ about: [{ kind: 'turn', id: turn }], actor: context.actor.ref })).toEqual([1]);
    expect(await filtered({ to: new Date(0) })).toEqual([]);
    expect((await read(context, { filter: { ...EVERYTHING, to: new Date(0) } })).position).toBeGreaterThanOrEqual(3);
  });

  it('is on record from its beginning, and ends where the log ended when it began', async () => {
    const context = room.context();
    await append(context, [event(1)]);
    await room.signed(context, 1);
    const streaming = await begin(context);
    await append(context, [event(2)]);
    await room.signed(context, 3);
    const seen: unknown[] = [];
    for await (const { events } of streaming.pages) seen.push(...numbers(events));
    expect([seen, streaming.size]).toEqual([[1], 1]);
    await streaming.end({ outcome: 'left', events: 1, position: 1 });
    const { entry: began } = (await read(context)).events[1] ?? {};
    expect(began).toMatchObject({ type: 'ledger.export-began', facts: { after: 0, format: 'ndjson', size: 1 } });
    const told = await room.database.unitOfWork.read(context, (inside) =>
      room.reader.events(inside, { about: null, first: 50, after: null }),
    );
    const ended = told.find(({ entry }) => entry.type === 'ledger.export-ended');
    expect(ended?.entry.facts).toMatchObject({ outcome: 'left', events: 1, position: 1, stream: began?.facts.stream });
  });

  it('gives another tenant its own log only', async () => {
    const [context, stranger] = [room.context(), room.context()];
    await append(context, [event(1)]);
    await room.signed(context, 1);
    expect((await read(stranger)).events).toEqual([]);
  });

  it('holds no transaction while the reader takes its time', async () => {
    const context = room.context();
    await append(
      context,
      Array.from({ length: 600 }, (_, n) => event(n)),
    );
    await room.signed(context, 600);
    const streaming = await begin(context);
    const pages = streaming.pages[Symbol.asyncIterator]();
    await pages.next();
    const open = await room.database.asAdmin<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and usename = 'imprimatur_app' and state like 'idle in transaction%'`,
    );
    expect(open).toEqual([{ n: 0 }]);
    await pages.return?.();
    await streaming.end({ outcome: 'left', events: 500, position: 500 });
  });
});
