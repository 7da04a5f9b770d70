import {
  type AuditEvent,
  type EventFilter,
  EventSearch,
  EventSearchRepository,
  type Horizon,
  SettledPositions,
  SettledPositionsRepository,
} from '@imprimatur/domain/ledger';
import type { Context } from '@imprimatur/kernel';
import { LedgerRoom } from './ledger-room';

const EVERYTHING: EventFilter = { actor: null, types: [], about: [], from: null, to: null };
const PATIENT_MS = 30_000;

describe('a reader who pages forward while others write', () => {
  let room: LedgerRoom;
  const search = new EventSearch(new EventSearchRepository());
  beforeAll(async () => {
    room = await LedgerRoom.open();
  });
  afterAll(() => room.close());

  /** As a process of its own would have it. */
  const newProcess = (): SettledPositions => new SettledPositions(room.database.unitOfWork, new SettledPositionsRepository());
  const find = (context: Context, after: string | null, horizon?: Horizon): Promise<readonly AuditEvent[]> =>
    room.database.unitOfWork.read(context, (read) =>
      search.find(read, EVERYTHING, { first: 100, after, ...(horizon ? { upTo: horizon.upTo } : {}) }),
    );
  const numbers = (events: readonly AuditEvent[]): unknown[] => events.map(({ entry }) => entry.facts.n);
  const append = (context: Context, n: number): Promise<unknown> =>
    room.database.unitOfWork.write(context, (write) => room.ledger.append(write, { type: 'test.happened', about: [], facts: { n } }));

  /** Has written its entry, and commits when it is told to. */
  async function under(context: Context, n: number): Promise<(how: 'commit' | 'roll back') => Promise<unknown>> {
    let written: () => void;
    let end: (how: 'commit' | 'roll back') => void = () => undefined;
    const hasWritten = new Promise<void>((resolve) => (written = resolve));
    const ending = new Promise<'commit' | 'roll back'>((resolve) => (end = resolve));
    const done = room.database.unitOfWork
      .write(context, async (write) => {
        await room.ledger.append(write, { type: 'test.happened', about: [], facts: { n } });
        written();
        if ((await ending) === 'roll back') throw new Error('rolled back');
      })
      .catch(() => undefined);
    await hasWritten;
    return (how) => {
      end(how);
      return done;
    };
  }

  it('does not miss what commits behind what was committed before', async () => {
    const context = room.context();
    const settled = newProcess();
    await append(context, 0);
    const first = await settled.horizon(context);
    expect(first.isHeldBack).toBe(false);
    const [zero] = await find(context, null, first);
    const finish = await under(context, 1);
    await append(context, 2);

    // what can be seen is not what may be paged over: 1 would appear behind 2
    expect(numbers(await find(context, zero?.position ?? null))).toEqual([2]);
    const meanwhile = await settled.horizon(context, 0);
    expect(meanwhile.isHeldBack).toBe(true);
    expect(numbers(await find(context, zero?.position ?? null, meanwhile))).toEqual([]);
    const count = await room.database.unitOfWork.read(context, (read) => search.count(read, EVERYTHING, meanwhile.upTo));
    expect(count).toEqual({ count: 1, isExact: true });

    await finish('commit');
    const afterwards = await settled.horizon(context);
    expect(afterwards.isHeldBack).toBe(false);
    expect(numbers(await find(context, zero?.position ?? null, afterwards))).toEqual([1, 2]);
  });

  it('is not held back by who began to write later, nor for ever by who rolled back', async () => {
    const context = room.context();
    const settled = newProcess();
    await append(context, 0);
    await settled.horizon(context);
    const early = await under(context, 1);
    await append(context, 2);
    expect((await settled.horizon(context, 0)).isHeldBack).toBe(true);
    const late = await under(context, 3);
    await early('roll back');
    // 3 is under way, but it cannot come before 2
    expect(await settled.horizon(context, 0)).toMatchObject({ isHeldBack: false });
    expect(numbers(await find(context, null, await settled.horizon(context, 0)))).toEqual([0, 2]);
    await late('commit');
    expect(numbers(await find(context, null, await settled.horizon(context)))).toEqual([0, 2, 3]);
  });

  it('waits for who is about to commit', async () => {
    const [context, other] = [room.context(), room.context()];
    const settled = newProcess();
    const finish = await under(other, 1);
    await append(context, 2);
    const asked = settled.horizon(context, PATIENT_MS);
    await finish('commit');
    const horizon = await asked;
    expect(horizon.isHeldBack).toBe(false);
    expect(numbers(await find(context, null, horizon))).toEqual([2]);
  });

  it('is told to come again, rather than that there is nothing, by a process that never saw the ledger at rest', async () => {
    const context = room.context();
    const finish = await under(context, 1);
    await append(context, 2);
    await expect(newProcess().horizon(context, 0)).rejects.toMatchObject({ code: 'EVENTS_UNSETTLED', retryable: true });
    await finish('commit');
    expect(await newProcess().horizon(context)).toMatchObject({ isHeldBack: false });
    expect(await newProcess().horizon(room.context())).toEqual({ upTo: '0', isHeldBack: false });
  });

  it('sees each event once, in order, whatever order they commit in', async () => {
    const context = room.context();
    const settled = newProcess();
    await append(context, 0);
    await settled.horizon(context, PATIENT_MS);
    const WRITERS = 6;
    const EACH = 25;
    let writing = WRITERS;
    const writer = async (at: number): Promise<void> => {
      for (let n = 0; n < EACH; n += 1) {
        // some keep their transaction open while the others go on
        const others = n % 3 === 0 ? 1 + ((at * 7 + n) % 4) : 0;
        await room.database.unitOfWork.write(context, async (write) => {
          await room.ledger.append(write, { type: 'test.happened', about: [], facts: { n: 1 + at * EACH + n } });
          for (let turn = 0; turn < others; turn += 1) await room.database.asAdmin('select 1');
        });
      }
      writing -= 1;
    };
    const seen: AuditEvent[] = [];
    const reader = async (): Promise<void> => {
      for (let isLast = false; !isLast;) {
        isLast = writing === 0;
        const page = await find(context, seen.at(-1)?.position ?? null, await settled.horizon(context, isLast ? PATIENT_MS : 0));
        seen.push(...page);
        isLast &&= page.length < 100;
      }
    };
    await Promise.all([reader(), ...Array.from({ length: WRITERS }, (_, at) => writer(at))]);
    const positions = seen.map(({ position }) => BigInt(position));
    expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
    expect((numbers(seen) as number[]).sort((a, b) => a - b)).toEqual(Array.from({ length: 1 + WRITERS * EACH }, (_, n) => n));
  });
});
