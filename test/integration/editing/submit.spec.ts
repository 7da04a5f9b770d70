import { type Context, newId, type TenantId } from '@imprimatur/kernel';
import { Notifications } from '@imprimatur/platform/database';
import { TURN_CHANNEL, type NewTurn } from '@imprimatur/domain/editing';
import { codeOf, openRooms, type Rooms, valueOf } from '../assets/rooms';
import { Turns } from './turns';

const SECRET = 'Remove the wedding ring of Anna';

let rooms: Rooms;
let tenant: TenantId;
let creator: Context;
let turns: Turns;

beforeAll(async () => {
  rooms = await openRooms();
  tenant = await rooms.newTenant();
  creator = await rooms.person(tenant, 'creator');
  turns = new Turns(rooms, creator);
});
afterAll(() => rooms.close());

const submit = (wish: NewTurn, who = creator) => rooms.write(who, (write) => rooms.editing.submitTurn(write, wish));

describe('a session', () => {
  it('is opened over pictures of the tenant, in their order, with its event', async () => {
    const [one, two] = [await turns.target(), await turns.target()];
    const session = await turns.session(two, one);
    expect(session.assets).toEqual([two.asset, one.asset]);
    expect(valueOf(await rooms.read(creator, (read) => rooms.editing.findSession(read, session.id)))).toEqual(session);
    const [event] = await rooms.entries(tenant, session.id);
    expect(event).toMatchObject({ type: 'session.opened', facts: { useCase: 'marketing', channel: 'web', territory: 'DE' } });
    expect(Object.keys(event?.parts ?? {})).toEqual(['name']);
  });

  it('is not opened over a picture that is not there, and leaves nothing', async () => {
    const wish = { name: 'x', useCase: 'marketing', channel: 'web', territory: 'none', assets: [newId('asset')] };
    const before = await rooms.database.asAdmin('select count(*) from session');
    expect(codeOf(await rooms.write(creator, (write) => rooms.editing.openSession(write, wish)))).toBe('NOT_FOUND');
    expect(await rooms.database.asAdmin('select count(*) from session')).toEqual(before);
  });

  it('takes no turn once it is closed', async () => {
    const target = await turns.target();
    const session = await turns.session(target);
    const close = () => rooms.write(creator, (write) => rooms.editing.closeSession(write, session.id));
    expect(valueOf(await close()).state).toBe('closed');
    expect(valueOf(await close()).state).toBe('closed');
    expect(codeOf(await submit({ session: session.id, prompt: 'Brighten', targets: [target], masks: [] }))).toBe('SESSION_CLOSED');
    expect((await rooms.entries(tenant, session.id)).map(({ type }) => type)).toEqual(['session.opened', 'session.closed']);
  });

  it('is listed newest first, page by page', async () => {
    const someone = await rooms.person(await rooms.newTenant(), 'creator');
    const theirs = new Turns(rooms, someone);
    const made: string[] = [];
    for (let at = 0; at < 5; at += 1) made.unshift((await theirs.session(await theirs.target())).id);
    const first = await rooms.read(someone, (read) => rooms.editing.listSessions(read, { first: 3, after: null }));
    const rest = await rooms.read(someone, (read) => rooms.editing.listSessions(read, { first: 3, after: first[2]?.id ?? null }));
    expect([...first, ...rest].map(({ id }) => id)).toEqual(made);
  });
});

describe('a turn', () => {
  it('has an item and a job per target, and one event about all of them, in one transaction', async () => {
    const { turn, items } = await turns.submit({ prompt: SECRET, providers: ['local'] }, 3);
    expect(turn).toMatchObject({ state: 'submitted', providers: ['local'], allOrNothing: false, submittedBy: creator.actor.subject });
    expect(items.map(({ position, state, revision }) => [position, state, revision])).toEqual([0, 1, 2].map((at) => [at, 'submitted', 0]));
    expect(valueOf(await rooms.read(creator, (read) => rooms.editing.findTurn(read, turn.id)))).toEqual(turn);
    expect(await rooms.read(creator, (read) => rooms.editing.itemsOfTurns(read, [turn.id]))).toEqual(items);
    for (const item of items) {
      expect(await turns.jobs(item)).toEqual([{ key: `${item.id}/0`, payload: { turn: turn.id, item: item.id, revision: 0 } }]);
    }
    const [event, ...others] = await rooms.entries(tenant, turn.id);
    expect(others).toEqual([]);
    expect(event?.type).toBe('turn.submitted');
    expect(event?.about.filter(({ kind }) => kind === 'asset').map(({ id, seq }) => [id, seq])).toEqual(
      items.map(({ asset }) => [asset, 2]),
    );
    expect(Object.keys(event?.parts ?? {})).toEqual(['prompt']);
  });

  it('keeps its prompt sealed, and opens it for those who may see pictures', async () => {
    const { turn } = await turns.submit({ prompt: SECRET });
    const contents = async (who: Context) => (await rooms.read(who, (read) => rooms.editing.contents(read, turn.id)))?.prompt ?? null;
    expect(await contents(creator)).toBe(SECRET);
    expect(await contents(rooms.system(tenant))).toBe(SECRET);
    expect(await contents(await rooms.person(tenant, 'approver'))).toBe(SECRET);
    expect(await contents(await rooms.person(tenant, 'policy-admin'))).toBeNull();
    expect(await contents(await rooms.person(await rooms.newTenant(), 'creator'))).toBeNull();
    for (const table of ['turn', 'turn_item', 'ledger_entry', 'ledger_payload', 'job']) {
      const rows = await rooms.database.asAdmin<{ row: string }>(
        `select encode(convert_to(t::text, 'UTF8'), 'escape') as row from ${table} t`,
      );
      const hexOfAnna = Buffer.from('Anna').toString('hex');
      expect(rows.filter(({ row }) => row.includes('Anna') || row.includes(hexOfAnna))).toEqual([]);
    }
  });

  it('loses its prompt, and only that, with the person who wrote it', async () => {
    const writer = await rooms.person(tenant, 'creator');
    const { turn, item } = await new Turns(rooms, writer).submit({ prompt: SECRET });
    await rooms.write(rooms.system(tenant), (write) => rooms.sealing.destroySubjectKey(write, writer.actor.subject ?? newId('subject')));
    expect(await rooms.read(creator, (read) => rooms.editing.contents(read, turn.id))).toBeNull();
    expect((await turns.item(item.id)).state).toBe('submitted');
    await expect(turns.walk(item, 'screened').then((at) => turns.move(at, 'clarifying', { question: 'Which?' }))).rejects.toMatchObject({
      code: 'TURN_ERASED',
    });
    expect((await turns.move(await turns.item(item.id), 'failed', { failure: { code: 'TURN_ERASED', retryable: false } })).ok).toBe(true);
  });

  it('tells every process of itself, after its commit', async () => {
    const listening = new Notifications(rooms.database.appUrl);
    await listening.connect();
    const heard: string[] = [];
    try {
      const told = new Promise<void>((resolve) => {
        listening.subscribe(TURN_CHANNEL, (payload) => {
          heard.push(payload);
          if (heard.length === 2) resolve();
        });
      });
      const { turn, item } = await turns.submit();
      await turns.move(item, 'screened');
      await told;
      expect(heard).toEqual([turn.id, turn.id]);
    } finally {
      await listening.close();
    }
  });

  it('leaves nothing when its transaction rolls back', async () => {
    const target = await turns.target();
    const session = await turns.session(target);
    const counts = () =>
      rooms.database.asAdmin(`select (select count(*) from turn) t, (select count(*) from turn_item) i, (select count(*) from job) j,
        (select count(*) from ledger_entry) e, (select count(*) from ledger_payload) p, (select count(*) from mask) m`);
    const before = await counts();
    const wish: NewTurn = {
      session: session.id,
      prompt: 'Brighten',
      targets: [target],
      masks: [{ asset: target.asset, shape: { kind: 'box', left: 0, top: 0, width: 100, height: 100 } }],
    };
    const failing = rooms.write(creator, async (write) => {
      valueOf(await rooms.editing.submitTurn(write, wish));
      throw new Error('the caller failed');
    });
    await expect(failing).rejects.toThrow('the caller failed');
    expect(await counts()).toEqual(before);
  });

  it('is refused without a prompt, over pictures of no or another session, and to auditors', async () => {
    const [target, elsewhere] = [await turns.target(), await turns.target()];
    const session = (await turns.session(target)).id;
    const wish: NewTurn = { session, prompt: 'Brighten', targets: [target], masks: [] };
    expect(codeOf(await submit({ ...wish, prompt: ' ' }))).toBe('PROMPT_EMPTY');
    expect(codeOf(await submit({ ...wish, targets: [elsewhere] }))).toBe('NOT_FOUND');
    expect(codeOf(await submit({ ...wish, session: newId('session') }))).toBe('NOT_FOUND');
    expect(codeOf(await submit(wish, await rooms.person(tenant, 'auditor')))).toBe('FORBIDDEN');
  });

  it('does not deadlock with another over the same pictures in another order', async () => {
    const [one, two] = [await turns.target(), await turns.target()];
    const session = (await turns.session(one, two)).id;
    const orders = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? [one, two] : [two, one]));
    const done = await Promise.all(orders.map((targets) => submit({ session, prompt: 'Brighten', targets, masks: [] })));
    expect(done.every(({ ok }) => ok)).toBe(true);
    const listed = await rooms.read(creator, (read) => rooms.editing.listTurns(read, session, { first: 20, after: null }));
    expect(listed).toHaveLength(12);
  });
});

describe('masks', () => {
  const png = async (width: number, height: number) => {
    const blob = await rooms.write(creator, (write) =>
      rooms.assets.storeBlob(write, Buffer.from(`mask ${width} ${height}`), { format: 'png', subjects: [] }),
    );
    return { kind: 'png' as const, blob: blob.id, sha256: blob.sha256 ?? new Uint8Array(32), width, height };
  };

  it('are drawn with the turn, by whom it was, and are what the item uses', async () => {
    const target = await turns.target();
    const session = (await turns.session(target)).id;
    const shape = { kind: 'box' as const, left: 100, top: 100, width: 300, height: 300 };
    const { items } = valueOf(await submit({ session, prompt: 'Erase it', targets: [target], masks: [{ asset: target.asset, shape }] }));
    const used = items[0]?.mask ?? newId('mask');
    const [mask] = await rooms.read(creator, (read) => rooms.editing.findMasks(read, [used]));
    expect(mask).toMatchObject({ number: 1, series: used, asset: target.asset, shape, drawnBy: creator.actor.subject });
    const [event] = await rooms.entries(tenant, used);
    expect(event).toMatchObject({ type: 'mask.drawn', facts: { kind: 'box', number: 1 } });
    expect(Object.keys(event?.parts ?? {})).toEqual(['mask']);
  });

  it('of another size are refused, drawn now or before', async () => {
    const target = await turns.target();
    const session = (await turns.session(target)).id;
    const [fitting, other] = [await png(400, 300), await png(300, 400)];
    const drawn = valueOf(await rooms.write(creator, (write) => rooms.editing.drawMask(write, { asset: null, shape: other })));
    const masked = (mask: NewTurn['masks'][number]) => submit({ session, prompt: 'Erase it', targets: [target], masks: [mask] });
    expect(codeOf(await masked({ asset: target.asset, shape: other }))).toBe('MASK_SIZE_MISMATCH');
    expect(codeOf(await masked({ asset: target.asset, mask: drawn.id }))).toBe('MASK_SIZE_MISMATCH');
    expect(codeOf(await masked({ asset: target.asset, mask: newId('mask') }))).toBe('NOT_FOUND');
    expect((await masked({ asset: target.asset, shape: fitting })).ok).toBe(true);
  });

  it('are corrected by a new version, and by one of many who correct the same', async () => {
    const first = valueOf(
      await rooms.write(creator, async (write) => rooms.editing.drawMask(write, { asset: null, shape: await png(400, 300) })),
    );
    const box = { kind: 'box' as const, left: 0, top: 0, width: 10, height: 10 };
    const correct = () => rooms.write(creator, (write) => rooms.editing.drawMask(write, { asset: null, shape: box, corrects: first.id }));
    const done = await Promise.all(Array.from({ length: 6 }, correct));
    expect(done.filter(({ ok }) => ok)).toHaveLength(1);
    for (const refused of done.filter(({ ok }) => !ok)) expect(codeOf(refused)).toBe('MASK_CORRECTED_ALREADY');
    const series = await rooms.read(creator, (read) => rooms.editing.maskSeries(read, first.id));
    expect(series.map(({ number, shape }) => [number, shape.kind])).toEqual([
      [1, 'png'],
      [2, 'box'],
    ]);
  });
});

describe('another tenant', () => {
  it('finds no session, turn, item or mask, exactly as if they were not there', async () => {
    const target = await turns.target();
    const session = await turns.session(target);
    const wish: NewTurn = { session: session.id, prompt: 'Brighten', targets: [target], masks: [] };
    const { turn, items } = valueOf(await submit(wish));
    const stranger = await rooms.person(await rooms.newTenant(), 'creator', 'approver');
    const item = items[0]?.id ?? newId('item');
    const { editing } = rooms;
    expect(await rooms.read(stranger, (read) => editing.findSession(read, session.id))).toEqual(
      await rooms.read(stranger, (read) => editing.findSession(read, newId('session'))),
    );
    expect(codeOf(await rooms.read(stranger, (read) => editing.findTurn(read, turn.id)))).toBe('NOT_FOUND');
    expect(codeOf(await rooms.read(stranger, (read) => editing.findItem(read, item)))).toBe('NOT_FOUND');
    expect(await rooms.read(stranger, (read) => editing.itemsOfTurns(read, [turn.id]))).toEqual([]);
    expect(codeOf(await submit(wish, stranger))).toBe('NOT_FOUND');
    expect(codeOf(await rooms.write(stranger, (write) => editing.cancelTurn(write, turn.id)))).toBe('NOT_FOUND');
    expect(codeOf(await rooms.write(stranger, (write) => editing.closeSession(write, session.id)))).toBe('NOT_FOUND');
    expect(
      codeOf(
        await rooms.write(stranger, (write) =>
          editing.move(write, item, 'cancelled', { expectedFrom: { state: 'submitted', revision: 0 } }),
        ),
      ),
    ).toBe('NOT_FOUND');
    const theirs = { ...wish, session: (await new Turns(rooms, stranger).session(await new Turns(rooms, stranger).target())).id };
    expect(codeOf(await submit(theirs, stranger))).toBe('NOT_FOUND');
  });
});
