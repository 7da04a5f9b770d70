import { Client } from 'pg';
import sharp from 'sharp';
import { TestService, until } from '../support/service';
import { MARKETING, Story } from '../support/story';

/** Every durable write of the worker writes an event: stopping it inside that write is a crash before it, and behind the one before. */
const TURN_WRITES = [
  'screening.done',
  'item.screened',
  'attempt.began',
  'item.rendering',
  'version.created',
  'attempt.ended',
  'item.rendered',
  'item.inspected',
  'task.opened',
  'item.held',
];
const EXPORT_WRITES = ['export.rendered', 'export.signed'];
const LOCK = 424_242;

describe('a worker that is killed at any write is followed by one that goes on', () => {
  let service: TestService;
  let story: Story;
  let gate: Client;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
    gate = new Client({ connectionString: service.database.adminUrl });
    await gate.connect();
    await gate.query(
      `create function stop_here() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(${LOCK}); return new; end $$`,
    );
  }, 120_000);
  afterAll(async () => {
    await gate?.end();
    await service?.close();
  });

  /** Lets the worker run into the write of `event`, kills it there, and starts another. */
  async function killAt(event: string, work: () => Promise<void>): Promise<void> {
    await gate.query('select pg_advisory_lock($1)', [LOCK]);
    await gate.query(
      `create trigger stop_here before insert on ledger_entry for each row when (new.type = '${event}') execute function stop_here()`,
    );
    await work();
    await until(
      async () =>
        (
          await service.database.asAdmin<{ waiting: number }>(
            `select count(*)::int as waiting from pg_locks where locktype = 'advisory' and objid = ${LOCK} and not granted`,
          )
        )[0]?.waiting ?? 0,
      (waiting) => waiting > 0,
    );
    await service.stopApp('worker', 'SIGKILL');
    await gate.query('select pg_advisory_unlock($1)', [LOCK]);
    await until(
      async () =>
        gate.query('drop trigger stop_here on ledger_entry').then(
          () => true,
          () => false,
        ),
      Boolean,
    );
    await service.leasesRunOut();
    await service.startApp('worker');
  }

  it.each(TURN_WRITES)(
    'in the write of %s',
    async (event) => {
      const plain = await sharp({
        create: { width: 160, height: 120, channels: 3, background: { r: TURN_WRITES.indexOf(event) * 20, g: 90, b: 120 } },
      })
        .png()
        .toBuffer();
      let turn = '';
      await killAt(event, async () => {
        const asset = await story.upload(plain);
        turn = await story.submit(await story.session([asset], MARKETING), asset, 'brighten by 10%');
      });
      const item = await story.settled(turn);
      expect(item).toMatchObject({ state: 'HELD', failure: null });
      const events = await story.events(item.id);
      for (const once of ['item.screened', 'version.created', 'item.rendered', 'item.inspected', 'item.held']) {
        expect([once, events.filter((type) => type === once).length]).toEqual([once, 1]);
      }
      // every attempt is on record, and none is left open
      expect(events.filter((type) => type === 'attempt.began').length).toBe(item.attempts.length);
      expect(events.filter((type) => type === 'attempt.ended').length).toBe(item.attempts.length);
      expect(item.attempts.filter(({ outcome }) => outcome === 'edited').length).toBe(1);
    },
    120_000,
  );

  it.each(EXPORT_WRITES)(
    'in the write of %s',
    async (event) => {
      const plain = await sharp({ create: { width: 160, height: 120, channels: 3, background: '#753' } })
        .png()
        .toBuffer();
      const { item } = await story.edit(await story.upload(plain), 'brighten by 10%');
      await story.approve(item);
      let id = '';
      await killAt(event, async () => {
        const started = await story.startExport(item.resultVersion?.id ?? '', 'PNG');
        if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
        id = started.export.id;
      });
      expect(await story.exported(id)).toMatchObject({ state: 'DONE' });
    },
    120_000,
  );
});
