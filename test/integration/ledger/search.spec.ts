import {
  AssetTrail,
  AssetTrailRepository,
  type AuditEvent,
  type EventFilter,
  EventSearch,
  EventSearchRepository,
  type NewEvent,
} from '@imprimatur/domain/ledger';
import { type Context, newId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { LedgerRoom } from './ledger-room';

const EVERYTHING: EventFilter = { actor: null, types: [], about: [], from: null, to: null };
const HOUR_MS = 3_600_000;
const BEGAN = Date.parse('2026-03-01T00:00:00Z');
const SEEDED = 20_000;
const TYPES = ['turn.submitted', 'item.held', 'item.released', 'asset.uploaded', 'task.decided'];

/** As many entries as a small tenant has in a month, one each two minutes, and as many of another tenant between them. */
const SEED = `
  with made as (
    select n, case when n % 2 = 0 then $1::uuid else $2::uuid end as tenant, gen_random_uuid() as id,
           ('{turn.submitted,item.held,item.released,asset.uploaded,task.decided}'::text[])[1 + (n / 2) % 5] as type,
           'actor-' || (n / 2) % 7 as actor, timestamptz '2026-03-01T00:00:00Z' + n * interval '2 minutes' as at
      from generate_series(0, $3::int - 1) n
  ), entry as (
    insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash)
    select tenant, id, type, at, actor, '\\x7b7d', sha256(id::text::bytea) from made order by n returning tenant, id, position, type
  )
  , leaf as (
    insert into ledger_leaf (tenant, index, entry, leaf_hash)
    select tenant, row_number() over (partition by tenant order by position) - 1, id, sha256(id::text::bytea) from entry
  )
  insert into ledger_about (tenant, kind, about, position, entry)
  select e.tenant, kind, ('00000000-0000-7000-8000-' || lpad((e.position % modulus)::text, 12, '0'))::uuid, e.position, e.id
    from entry e cross join (values ('session', 11), ('turn', 101)) as k (kind, modulus)`;
const named = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

describe('searching the ledger', () => {
  let room: LedgerRoom;
  let big: Context;
  const search = new EventSearch(new EventSearchRepository());
  const trail = new AssetTrail(new AssetTrailRepository());
  beforeAll(async () => {
    room = await LedgerRoom.open();
    big = room.context();
    await room.database.asAdmin(SEED, [big.tenant, room.context().tenant, SEEDED]);
    await room.database.asAdmin('analyze ledger_entry, ledger_about, ledger_leaf');
  });
  afterAll(() => room.close());

  const append = async (context: Context, what: Partial<NewEvent> & Pick<NewEvent, 'type'>): Promise<void> => {
    await room.database.unitOfWork.write(context, (write) => room.ledger.append(write, { about: [], facts: {}, ...what }));
  };
  const find = (context: Context, filter: Partial<EventFilter>, after: string | null = null, first = 100): Promise<readonly AuditEvent[]> =>
    room.database.unitOfWork.read(context, (read) => search.find(read, { ...EVERYTHING, ...filter }, { first, after }));
  const facts = async (context: Context, filter: Partial<EventFilter>): Promise<unknown[]> =>
    (await find(context, filter)).map(({ entry }) => entry.facts.n);

  describe('with every filter and every two of them', () => {
    const asked: readonly (readonly [string, Partial<EventFilter>])[] = [
      ['actor', { actor: 'actor-3' }],
      ['types', { types: TYPES.slice(0, 2) }],
      ['session', { about: [{ kind: 'session', id: named(3) }] }],
      ['turn', { about: [{ kind: 'turn', id: named(7) }] }],
      ['from', { from: new Date(BEGAN + 400 * HOUR_MS) }],
      ['to', { to: new Date(BEGAN + 200 * HOUR_MS) }],
    ];
    const merged = (one: Partial<EventFilter>, other: Partial<EventFilter>): Partial<EventFilter> => ({
      ...one,
      ...other,
      about: [...(one.about ?? []), ...(other.about ?? [])],
    });
    const combinations = asked.flatMap(([name, filter], at) => [
      [name, filter] as const,
      ...asked.slice(at + 1).map(([other, more]) => [`${name} and ${other}`, merged(filter, more)] as const),
    ]);

    /** Every statement's plan, while it runs. */
    const planned = (read: ReadContext, plans: string[]): ReadContext => {
      const query = async (sql: string, values?: unknown[]): Promise<unknown> => {
        const plan = await read.manager.query<{ 'QUERY PLAN': string }[]>(`explain ${sql}`, values);
        plans.push(plan.map((row) => row['QUERY PLAN']).join('\n'));
        return read.manager.query(sql, values);
      };
      return {
        ...read,
        manager: new Proxy(read.manager, { get: (target, name) => (name === 'query' ? query : (Reflect.get(target, name) as unknown)) }),
      };
    };

    it.each([['nothing', {}] as const, ...combinations])('%s: it uses indexes only, and finds what a scan finds', async (_name, part) => {
      const filter: EventFilter = { ...EVERYTHING, ...part };
      const repository = new EventSearchRepository();
      const plans: string[] = [];
      const found = await room.database.unitOfWork.read(big, (read) =>
        repository.find(planned(read, plans), filter, { first: 100, after: null }),
      );
      const count = await room.database.unitOfWork.read(big, (read) => new EventSearch(repository).count(planned(read, plans), filter));
      expect(plans.length).toBeGreaterThan(0);
      expect(plans.join('\n')).not.toMatch(/Seq Scan on ledger_/);
      const all = await room.database.asAdmin<{ position: string }>(
        `select position from ledger_entry e where tenant = $1 and ($2::text is null or actor = $2) and (cardinality($3::text[]) = 0 or type = any($3))
            and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
            and not exists (select 1 from unnest($6::text[], $7::uuid[]) w (kind, about)
                             where not exists (select 1 from ledger_about a where a.tenant = e.tenant and a.entry = e.id and a.kind = w.kind and a.about = w.about))
          order by position`,
        [
          big.tenant,
          filter.actor,
          filter.types,
          filter.from,
          filter.to,
          filter.about.map(({ kind }) => kind),
          filter.about.map(({ id }) => id),
        ],
      );
      expect(found.map(({ position }) => position)).toEqual(all.slice(0, 100).map(({ position }) => position));
      expect(count).toEqual({ count: all.length, isExact: true });
    });
  });

  it('says when it stopped counting', async () => {
    const repository = new EventSearchRepository();
    const [few, exact] = await room.database.unitOfWork.read(big, async (read) => [
      await repository.count(read, EVERYTHING, 501, 50_001),
      await repository.count(read, { ...EVERYTHING, actor: 'actor-1', to: new Date(BEGAN + HOUR_MS * 1000) }, 501, 100),
    ]);
    expect(few).toEqual({ found: 501, lookedAt: 501 });
    expect(exact?.lookedAt).toBe(100);
    await expect(
      room.database.unitOfWork.read(big, (read) =>
        new EventSearch(Object.assign(new EventSearchRepository(), { count: async () => ({ found: 10_001, lookedAt: 10_001 }) })).count(
          read,
          EVERYTHING,
        ),
      ),
    ).resolves.toEqual({ count: 10_000, isExact: false });
  });

  it('pages through one actor and several types without a gap or a repetition', async () => {
    const repository = new EventSearchRepository();
    const filter = { ...EVERYTHING, actor: 'actor-2', types: TYPES.slice(1, 4) };
    const seen: string[] = [];
    for (let after: string | null = null; ;) {
      const page: readonly { position: string }[] = await room.database.unitOfWork.read(big, (read) =>
        repository.find(read, filter, { first: 37, after }),
      );
      seen.push(...page.map(({ position }) => position));
      after = page.at(-1)?.position ?? null;
      if (page.length < 37) break;
    }
    const rows = await room.database.asAdmin<{ position: string }>(
      `select position from ledger_entry where tenant = $1 and actor = 'actor-2' and type = any($2) order by position`,
      [big.tenant, filter.types],
    );
    expect(seen).toEqual(rows.map(({ position }) => position));
    expect(seen.length).toBeGreaterThan(100);
  });

  it('combines what is asked, with what was really written', async () => {
    const context = room.context();
    const other = { ...context, actor: { ...context.actor, ref: newId('subject') } };
    const [turn, session] = [newId('turn'), newId('session')];
    const about = [
      { kind: 'turn' as const, id: turn },
      { kind: 'session' as const, id: session },
    ];
    await append(context, { type: 'turn.submitted', about, facts: { n: 1 } });
    await append(other, { type: 'turn.submitted', about: about.slice(0, 1), facts: { n: 2 } });
    await append(context, { type: 'turn.cancelled', about, facts: { n: 3 } });
    await append(context, { type: 'session.closed', about: about.slice(1), facts: { n: 4 } });
    expect(await facts(context, { actor: context.actor.ref })).toEqual([1, 3, 4]);
    expect(await facts(context, { actor: context.actor.ref, types: ['turn.submitted', 'session.closed', 'session.closed'] })).toEqual([
      1, 4,
    ]);
    expect(await facts(context, { about })).toEqual([1, 3]);
    expect(await facts(context, { about, types: ['turn.cancelled'] })).toEqual([3]);
    expect(await facts(context, { about: about.slice(0, 1), actor: other.actor.ref })).toEqual([2]);
    expect(await facts(context, { from: new Date(BEGAN), to: new Date(BEGAN + 1) })).toEqual([]);
    expect(await facts(context, { to: new Date(BEGAN + 1000 * 24 * 365 * HOUR_MS) })).toEqual([1, 2, 3, 4]);
    expect(await facts(context, { actor: 'nobody' })).toEqual([]);
  });

  it('finds what a clock that is an hour behind wrote later', async () => {
    const context = room.context();
    const at = (minutes: number): Date => new Date(BEGAN + minutes * 60_000);
    for (const [n, minutes] of [
      [1, 10],
      [2, 130],
      [3, 20],
      [4, 140],
    ] as const) {
      await append(context, { type: 'test.happened', facts: { n } });
      // entries cannot be changed: what a slow clock would have written is put in place by who may do anything
      await room.database.asAdmin(
        `do $$ begin set local session_replication_role = replica; alter table ledger_entry disable trigger append_only_rows;
           update ledger_entry set at = '${at(minutes).toISOString()}' where tenant = '${context.tenant}' and position = (select max(position) from ledger_entry);
           alter table ledger_entry enable always trigger append_only_rows; end $$`,
      );
    }
    expect(await facts(context, { from: at(0), to: at(60) })).toEqual([1, 3]);
    expect(await facts(context, { from: at(120) })).toEqual([2, 4]);
  });

  it('shows another tenant nothing', async () => {
    const [context, stranger] = [room.context(), room.context()];
    const turn = newId('turn');
    await append(context, { type: 'turn.submitted', about: [{ kind: 'turn', id: turn }] });
    expect(await find(stranger, { about: [{ kind: 'turn', id: turn }] })).toEqual([]);
    expect(await find(stranger, { actor: context.actor.ref })).toEqual([]);
    expect(await find(stranger, {})).toEqual([]);
  });

  describe('the trail of an asset', () => {
    const setting = async (): Promise<{ context: Context; asset: ReturnType<typeof newId<'asset'>> }> => {
      const context = room.context();
      const [asset, stranger, version, turn] = [newId('asset'), newId('asset'), newId('version'), newId('turn')];
      await append(context, {
        type: 'asset.uploaded',
        about: [
          { kind: 'asset', id: asset },
          { kind: 'version', id: version },
        ],
        facts: { n: 1 },
      });
      await append(context, { type: 'screening.done', about: [{ kind: 'version', id: version }], facts: { n: 2 } });
      await append(context, { type: 'asset.uploaded', about: [{ kind: 'asset', id: stranger }], facts: { n: 3 } });
      await append(context, {
        type: 'turn.submitted',
        about: [
          { kind: 'turn', id: turn },
          { kind: 'asset', id: asset },
          { kind: 'asset', id: stranger },
        ],
        facts: { n: 4 },
      });
      await append(context, {
        type: 'item.held',
        about: [
          { kind: 'turn', id: turn },
          { kind: 'asset', id: stranger },
        ],
        facts: { n: 5 },
      });
      await append(context, { type: 'turn.cancelled', about: [{ kind: 'turn', id: turn }], facts: { n: 6 } });
      return { context, asset };
    };
    const completeness = (context: Context, asset: ReturnType<typeof newId<'asset'>>) =>
      room.database.unitOfWork.read(context, (read) => trail.completeness(read, asset));

    it('follows its versions and turns, and leaves out what is another asset’s', async () => {
      const { context, asset } = await setting();
      const events = await room.database.unitOfWork.read(context, (read) => trail.find(read, [asset], { first: 100, after: null }));
      expect(events.map(({ entry }) => entry.facts.n)).toEqual([1, 2, 4, 6]);
      const second = await room.database.unitOfWork.read(context, (read) =>
        trail.find(read, [asset], { first: 2, after: events[1]?.position ?? null }),
      );
      expect(second.map(({ entry }) => entry.facts.n)).toEqual([4, 6]);
      expect(await room.database.unitOfWork.read(room.context(), (read) => trail.find(read, [asset], { first: 9, after: null }))).toEqual(
        [],
      );
    });

    it('is complete from 1 to its head', async () => {
      const { context, asset } = await setting();
      expect(await completeness(context, asset)).toEqual({ asset, seqFrom: 1, seqTo: 2, isComplete: true, gaps: [], breaks: [] });
      expect(await completeness(context, newId('asset'))).toMatchObject({ seqFrom: 0, seqTo: 0, isComplete: true });
    });

    it.each([
      [
        'an entry in the middle is gone',
        2,
        `delete from ledger_about where tenant = $1 and about = $2 and seq = 2`,
        { gaps: [{ seqFrom: 2, seqTo: 2 }], breaks: [] },
      ],
      [
        'the newest is gone',
        4,
        `delete from ledger_about where tenant = $1 and about = $2 and seq = 4`,
        { gaps: [{ seqFrom: 4, seqTo: 4 }], breaks: [] },
      ],
      [
        'the newest is gone and the head was put back',
        4,
        `with gone as (delete from ledger_about where tenant = $1 and about = $2 and seq = 4)
           update ledger_asset_head set seq = 3 where tenant = $1 and asset = $2`,
        { seqTo: 3, gaps: [], breaks: [{ seq: 3, what: 'head' }] },
      ],
      [
        'an entry was edited',
        3,
        `update ledger_entry e set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"n":3', '"n":9'), 'UTF8')
          from ledger_about a where a.tenant = $1 and a.about = $2 and a.seq = 3 and e.tenant = a.tenant and e.id = a.entry`,
        { gaps: [], breaks: [{ seq: 3, what: 'entry' }] },
      ],
      [
        'an entry was edited with its hash',
        3,
        `update ledger_entry e set bytes = n.bytes, leaf_hash = sha256('\\x00'::bytea || n.bytes)
          from ledger_about a, lateral (select convert_to(replace(convert_from(bytes, 'UTF8'), '"n":3', '"n":9'), 'UTF8') as bytes
                                          from ledger_entry where tenant = a.tenant and id = a.entry) n
          where a.tenant = $1 and a.about = $2 and a.seq = 3 and e.tenant = a.tenant and e.id = a.entry`,
        { gaps: [], breaks: [{ seq: 4, what: 'prev' }] },
      ],
    ] as const)('%s: it says so', async (_name, _seq, attack, expected) => {
      const context = room.context();
      const asset = newId('asset');
      for (const n of [1, 2, 3, 4]) await append(context, { type: 'test.happened', about: [{ kind: 'asset', id: asset }], facts: { n } });
      for (const table of ['ledger_about', 'ledger_entry'])
        await room.database.asAdmin(`alter table ${table} disable trigger append_only_rows`);
      await room.database.asAdmin(attack, [context.tenant, asset]);
      for (const table of ['ledger_about', 'ledger_entry'])
        await room.database.asAdmin(`alter table ${table} enable always trigger append_only_rows`);
      expect(await completeness(context, asset)).toMatchObject({ isComplete: false, ...expected });
    });
  });
});
