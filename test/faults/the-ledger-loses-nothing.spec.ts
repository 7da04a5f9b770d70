import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AnchoringOptions, GroupCommit, LOG_ZERO, Sequencer } from '@imprimatur/domain/ledger';
import { LocalLogSigner, type SigningRequest } from '@imprimatur/domain/log-signer';
import { type AssetId, type Context, newId } from '@imprimatur/kernel';
import { createDataSource, UnitOfWork } from '@imprimatur/platform/database';
import { found, LedgerRoom } from '../integration/ledger/ledger-room';
import { caughtUp, lossesOf, type Told } from '../support/ledger-losses';
import { type LogZeroWitness, openLogZeroWitness } from '../support/log-zero-witness';
import { type CutAt, PostgresProxy, type Statement } from '../support/postgres-proxy';
import { TestTsa } from '../support/tsa';

/** refused: the database raises. lost: the connection breaks before it hears of it. persisted: it did it, and its answer is lost. */
type Failing = 'refused' | 'lost' | 'persisted';
const FAILINGS: readonly Failing[] = ['refused', 'lost', 'persisted'];
const CUTS: Readonly<Record<Exclude<Failing, 'refused'>, CutAt>> = { lost: 'before', persisted: 'after' };

/** Everything that a case needs, of a tenant of its own. */
interface Case {
  readonly context: Context;
  readonly asset: AssetId;
  readonly marker: string;
  /** The room through a proxy that is about to cut, or through none. */
  readonly through: LedgerRoom;
  /** Makes the write fail from now on. */
  readonly arm: () => Promise<void>;
}

interface DurableWrite {
  readonly name: string;
  readonly isMeant: (statement: Statement) => boolean;
  /** Where a trigger refuses it, and which rows of whose. */
  readonly table: string;
  readonly rows: (context: Context) => string;
  /** Whether its own caller hears of the failure, and what it finds afterwards; left out: the caller had heard before that it is done. */
  readonly caller?: 'hears, and the entry is whole or absent';
  /** Makes the write, and answers what its callers were told. */
  readonly act: (made: Case) => Promise<readonly Told[]>;
}

describe('each durable write of the ledger, failed or done without an answer, loses nothing', () => {
  let room: LedgerRoom;
  let proxy: PostgresProxy;
  let tsa: TestTsa;
  let witness: LogZeroWitness;
  const told: Told[] = [];

  beforeAll(async () => {
    room = await LedgerRoom.open();
    proxy = await PostgresProxy.start(room.database.adminUrl);
    tsa = await TestTsa.open();
    // the change that an entry tells of
    await room.database.asAdmin('create table change (marker text primary key); grant insert, select on change to imprimatur_app');
    await room.database.asAdmin(
      `create function fail_here() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$`,
    );
    witness = await openLogZeroWitness(room);
    // the witness's own entry tells no change
    await room.stopSequencers();
  });
  afterEach(() => room.stopSequencers());
  afterAll(async () => {
    await witness?.running.stop();
    tsa?.close();
    await proxy?.stop();
    await room?.close();
  });

  const event = ({ asset, marker }: Pick<Case, 'asset' | 'marker'>, isAboutAsset = true) => ({
    type: 'test.happened',
    about: isAboutAsset ? [{ kind: 'asset', id: asset } as const] : [],
    facts: { marker },
    parts: { note: { value: 'a word', subjects: [newId('subject')] } },
  });
  const outcomeOf = (marker: string, work: Promise<unknown>): Promise<Told> =>
    work.then(
      () => ({ marker, outcome: 'done' }),
      () => ({ marker, outcome: 'failed' }),
    );
  const business = (made: Omit<Case, 'arm'>): Promise<Told> =>
    outcomeOf(
      made.marker,
      made.through.database.unitOfWork.write(made.context, async (write) => {
        await write.manager.query('insert into change (marker) values ($1)', [made.marker]);
        await made.through.ledger.append(write, event(made));
      }),
    );
  async function standalone(made: Case, isAboutAsset: boolean): Promise<readonly Told[]> {
    const sequencer = await made.through.startSequencer();
    await made.arm();
    const group = new GroupCommit(sequencer, room.sealing, room.database.unitOfWork);
    const appended = group.append(made.context, event(made, isAboutAsset));
    const answer = await outcomeOf(made.marker, appended);
    return [answer.outcome === 'done' ? { ...answer, index: (await appended).index } : answer];
  }
  /** A change that is committed, and a sequencer that meets the failure while it gives it its place. */
  async function sequenced(made: Case): Promise<readonly Told[]> {
    const answer = await business({ ...made, through: room });
    await made.arm();
    await made.through.startSequencer();
    await failure(made.through);
    return [answer];
  }
  /** The same of the anchoring, once the change is signed. */
  async function anchored(made: Case, options: Partial<AnchoringOptions>): Promise<readonly Told[]> {
    const answer = await business({ ...made, through: room });
    const sequencer = await room.startSequencer();
    await room.signed(made.context, 1);
    await made.arm();
    const anchoring = made.through.startAnchoring(options);
    await failure(made.through);
    await anchoring.stop();
    await sequencer.stop();
    return [answer];
  }
  const failure = (through: LedgerRoom) => found(() => Promise.resolve(through.faults.length > 0 ? true : null), 'a report of the failure');

  const ofTenant = ({ tenant }: Context): string => `new.tenant = '${tenant}'`;
  const ofAnchor = (kind: string) => (): string => `new.kind = '${kind}'`;
  const inserts = (table: string, more = /./) => {
    return ({ text }: Statement): boolean => new RegExp(`insert into ${table}\\b`).test(text) && more.test(text);
  };
  const WRITES: readonly DurableWrite[] = [
    {
      name: 'the transaction of a change and its entry',
      isMeant: ({ text }) => text === 'COMMIT',
      table: 'ledger_pending', // the last of its rows
      rows: ofTenant,
      caller: 'hears, and the entry is whole or absent',
      act: async (made) => {
        await made.arm();
        return [await business(made)];
      },
    },
    { name: "a new log's row", isMeant: inserts('ledger_log'), table: 'ledger_log', rows: ofTenant, act: sequenced },
    {
      name: 'a round of integration',
      isMeant: ({ name }) => name === 'ledger-integrate',
      table: 'ledger_leaf',
      rows: ofTenant,
      act: sequenced,
    },
    {
      name: 'a stand-alone round',
      isMeant: ({ name }) => name === 'ledger-standalone',
      table: 'ledger_leaf',
      rows: ofTenant,
      caller: 'hears, and the entry is whole or absent',
      act: (made) => standalone(made, false),
    },
    {
      name: 'a stand-alone round about an asset',
      isMeant: ({ text }) => text === 'commit',
      table: 'ledger_leaf',
      rows: ofTenant,
      caller: 'hears, and the entry is whole or absent',
      act: (made) => standalone(made, true),
    },
    { name: 'a checkpoint', isMeant: inserts('ledger_checkpoint'), table: 'ledger_checkpoint', rows: ofTenant, act: sequenced },
    {
      name: 'the checkpoint of a stand-alone round',
      isMeant: inserts('ledger_checkpoint'),
      table: 'ledger_checkpoint',
      rows: ofTenant,
      act: (made) => standalone(made, false),
    },
    {
      name: 'an entry of log 0',
      isMeant: inserts('ledger_anchor', /'log-0'/),
      table: 'ledger_anchor',
      rows: ofAnchor('log-0'),
      act: (made) => anchored(made, {}),
    },
    {
      name: 'a cosignature',
      isMeant: inserts('ledger_anchor', /'cosignature'/),
      table: 'ledger_anchor',
      rows: ofAnchor('cosignature'),
      act: (made) => anchored(made, { witnesses: witness.witnesses }),
    },
    {
      name: 'a stamp',
      isMeant: inserts('ledger_anchor', /'timestamp'/),
      table: 'ledger_anchor',
      rows: ofAnchor('timestamp'),
      act: (made) => anchored(made, { tsaUrl: tsa.url }),
    },
  ];

  /** A room through the proxy for one case, and a way to put everything right again. */
  async function openCase(write: DurableWrite, failing: Failing): Promise<[Case, () => Promise<void>]> {
    const { database, home } = room;
    const appUrl = proxy.url(database.appUrl);
    const dataSource = await createDataSource(appUrl, { poolMax: 2, applicationName: 'imprimatur-test-proxied' });
    const proxied = {
      ...database,
      appUrl,
      dataSource,
      unitOfWork: new UnitOfWork(dataSource),
      sequencerUrl: proxy.url(database.sequencerUrl),
    };
    const through = LedgerRoom.on(proxied, home);
    const context = room.context();
    const refuse = `create trigger fail_here before insert on ${write.table} for each row when (${write.rows(context)}) execute function fail_here()`;
    const arm = async (): Promise<void> => {
      if (failing === 'refused') await database.asAdmin(refuse);
      else void proxy.cut(CUTS[failing], write.isMeant);
    };
    const mend = async (): Promise<void> => {
      await through.stopSequencers();
      await dataSource.destroy();
      if (failing === 'refused') await database.asAdmin(`drop trigger fail_here on ${write.table}`);
    };
    return [{ context, asset: newId('asset'), marker: `${write.name}, ${failing}`, through, arm }, mend];
  }

  /** Processes as after a restart, on the same home and directly connected. */
  async function recover(): Promise<void> {
    room.faults.length = 0;
    await room.startSequencer();
    const anchoring = room.startAnchoring({ witnesses: witness.witnesses, tsaUrl: tsa.url });
    await caughtUp(room);
    await found(async () => ((await unanchored()) === 0 ? true : null), 'everything anchored');
    await anchoring.stop();
    await caughtUp(room);
    await room.stopSequencers();
  }
  /** Newest checkpoints that log 0, or of log 0 that the witness does not know; a stamp that never came is one, too. */
  async function unanchored(): Promise<number> {
    const [row] = await room.database.asAdmin<{ count: number }>(
      `select (count(*) filter (where coalesce(a.size, 0) <> l.size) + case when exists (
                select 1 from ledger_anchor where kind = 'timestamp') then 0 else 1 end)::int as count
         from ledger_log l left join lateral (
           select max(size) as size from ledger_anchor a where a.tenant = l.tenant
              and a.kind = case when l.tenant = '${LOG_ZERO}' then 'cosignature' else 'log-0' end) a on true`,
    );
    return row?.count ?? -1;
  }

  async function countOf(marker: string): Promise<number> {
    const [row] = await room.database.asAdmin<{ count: number }>(
      `select count(*)::int as count from ledger_entry
        where type <> 'log.checkpointed' and convert_from(bytes, 'UTF8')::jsonb -> 'facts' ->> 'marker' = $1`,
      [marker],
    );
    return row?.count ?? -1;
  }

  async function expectNothingLost(context: Context, answers: readonly Told[]): Promise<void> {
    told.push(...answers);
    expect(await lossesOf(room, told, [context.tenant, LOG_ZERO])).toEqual([]);
    const twice = await room.database.asAdmin(
      `select tenant, size from ledger_anchor where kind = 'log-0' group by 1, 2 having count(*) > 1`,
    );
    expect(twice).toEqual([]);
    // an entry exists if and only if its change does
    const changes = await room.database.asAdmin<{ marker: string }>('select marker from change');
    const businesses = await room.database.asAdmin<{ marker: string }>(
      `select convert_from(bytes, 'UTF8')::jsonb -> 'facts' ->> 'marker' as marker from ledger_entry e
        where type <> 'log.checkpointed' and convert_from(bytes, 'UTF8') not like '%stand-alone%'
          and convert_from(bytes, 'UTF8') like '%marker%'`,
    );
    expect(businesses.map(({ marker }) => marker).sort()).toEqual(changes.map(({ marker }) => marker).sort());
    expect(room.faults).toEqual([]);
  }

  const cases = WRITES.flatMap((write) => FAILINGS.map((failing) => [write.name, failing, write] as const));
  it.each(cases)('%s: %s', async (_name, failing, write) => {
    const [made, mend] = await openCase(write, failing);
    const answers = await write.act(made).finally(mend);
    expect(proxy.isArmed).toBe(false); // the write was met
    await recover();
    await expectNothingLost(made.context, answers);
    expect(answers.map(({ outcome }) => outcome)).toEqual([write.caller ? 'failed' : 'done']);
    const isThere = failing === 'persisted' || !write.caller;
    expect(await countOf(made.marker)).toBe(isThere ? 1 : 0);
  });

  describe("the signer's files", () => {
    /** Something stands where the file or folder would be: root may write everywhere else. */
    async function blocked(path: string, act: () => Promise<void>): Promise<void> {
      const aside = `${path}.aside`;
      renameSync(path, aside);
      if (path.endsWith('.vkey')) mkdirSync(path);
      else writeFileSync(path, '');
      try {
        await act();
      } finally {
        rmSync(path, { recursive: true });
        renameSync(aside, path);
      }
    }

    it.each([
      ['its memory', 'signer/logs'],
      ['the trust file', 'trust/logs.vkey'],
    ])('%s: refused', async (name, path) => {
      const context = room.context();
      const answer = await business({ context, asset: newId('asset'), marker: `${name}, refused`, through: room });
      await blocked(join(room.home, path), async () => {
        await room.startSequencer();
        await failure(room);
        const notes = await room.database.asAdmin('select 1 from ledger_checkpoint where tenant = $1', [context.tenant]);
        expect(notes).toEqual([]); // nothing was signed that is not remembered
        await room.stopSequencers();
      });
      await recover();
      await expectNothingLost(context, [answer]);
    });

    it('its memory: persisted, and the process is gone before the checkpoint', async () => {
      const context = room.context();
      const answer = await business({ context, asset: newId('asset'), marker: 'its memory, persisted', through: room });
      const signer = new (class extends LocalLogSigner {
        override sign(requests: readonly SigningRequest[]): Promise<void> {
          const signed = (): never => {
            throw new Error('the process is gone');
          };
          return super.sign(requests.map((request) => ({ ...request, signed })));
        }
      })(join(room.home, 'signer'), join(room.home, 'trust', 'logs.vkey'));
      const dying = new Sequencer({
        url: room.database.sequencerUrl,
        signer,
        logName: 'imprimatur.test',
        report: (error) => room.faults.push(error),
      });
      await dying.start();
      await failure(room);
      await dying.stop();
      const [log] = await room.database.asAdmin<{ origin: string; size: string }>('select origin, size from ledger_log where tenant = $1', [
        context.tenant,
      ]);
      const standings = await room.signer().standings([log?.origin ?? '']);
      expect(standings.get(log?.origin ?? '')?.last?.size).toBe(Number(log?.size));
      expect(await room.database.asAdmin('select 1 from ledger_checkpoint where tenant = $1', [context.tenant])).toEqual([]);
      await recover();
      await expectNothingLost(context, [answer]);
    });
  });

  it('and at last the whole ledger is whole', async () => {
    expect(await lossesOf(room, told)).toEqual([]);
    expect(told.filter(({ outcome }) => outcome === 'failed').length).toBeGreaterThan(0);
  });
});
