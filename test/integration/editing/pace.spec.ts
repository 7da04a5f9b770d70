import { type Context, newId, type TenantId } from '@imprimatur/kernel';
import type { Export } from '@imprimatur/domain/exports';
import { Client } from 'pg';
import { PaceRepository } from '../../../libs/domain/editing/src/pace.repository';
import { ExportPaceRepository } from '../../../libs/domain/exports/src/export.pace.repository';
import { openRooms, type Rooms } from '../assets/rooms';
import { Turns } from './turns';

const MANY = 20_000;
let rooms: Rooms;
let tenant: TenantId;
beforeAll(async () => {
  rooms = await openRooms();
  tenant = await rooms.newTenant();
});
afterAll(() => rooms.close());

describe('the pace of edits', () => {
  it('counts the person, the house and the picture, before the turn and without it', async () => {
    const [writer, colleague] = [await rooms.person(tenant, 'creator'), await rooms.person(tenant, 'creator')];
    const [theirs, others] = [new Turns(rooms, writer), new Turns(rooms, colleague)];
    const { turn, item } = await theirs.submit();
    await theirs.submit();
    await others.submit();
    const moved = async (id: string, by: string): Promise<void> => {
      await rooms.database.asAdmin(`update turn set submitted_at = submitted_at + $2::interval where id = $1`, [id, by]);
      await rooms.database.asAdmin(`update turn_item set created_at = created_at + $2::interval where turn = $1`, [id, by]);
    };
    const pace = (changed: object = {}) =>
      rooms.read(writer, (read) =>
        rooms.editing.pace(read, { subject: writer.actor.subject, asset: item.asset, turn: null, at: new Date(), ...changed }),
      );
    expect(await pace()).toEqual({ turnsLastHour: 2, turnsLastDayTenant: 3, turnsLastDayAsset: 1 });
    expect(await pace({ turn: turn.id })).toEqual({ turnsLastHour: 1, turnsLastDayTenant: 2, turnsLastDayAsset: 0 });
    // what came later does not count
    expect(await pace({ turn: turn.id, at: new Date(turn.submittedAt.getTime() - 1) })).toEqual({
      turnsLastHour: 0,
      turnsLastDayTenant: 0,
      turnsLastDayAsset: 0,
    });
    await moved(turn.id, '-61 minutes');
    expect(await pace()).toEqual({ turnsLastHour: 1, turnsLastDayTenant: 3, turnsLastDayAsset: 1 });
    await moved(turn.id, '-23 hours');
    expect(await pace()).toEqual({ turnsLastHour: 1, turnsLastDayTenant: 2, turnsLastDayAsset: 0 });
    expect(await pace({ subject: null })).toMatchObject({ turnsLastHour: 0, turnsLastDayTenant: 2 });
  });
});

describe('the pace of exports', () => {
  it('counts the person of a day and the picture of ever, before the export and without what failed', async () => {
    const writer = await rooms.person(tenant, 'creator');
    const [asset, colleague, createdAt] = [newId('asset'), newId('subject'), new Date('2026-03-02T12:00:00Z')];
    const exported = async (by: string | null, hoursAgo: number, of: string = asset, state = 'requested'): Promise<void> => {
      await rooms.database.asAdmin(
        `insert into export (tenant, id, version, asset, state, format, requested_by, created_at, failure)
          values ($1, $2, $3, $4, $5, 'png', $6, $7::timestamptz - make_interval(hours => $8), case when $5 = 'failed' then 'X' end)`,
        [tenant, newId('export'), newId('version'), of, state, by, createdAt, hoursAgo],
      );
    };
    const me = writer.actor.subject;
    await exported(me, 23);
    await exported(me, 1, newId('asset'));
    await exported(me, 25);
    await exported(colleague, 100);
    await exported(me, 2, asset, 'failed');
    await exported(me, -1);
    const asked = { id: newId('export'), asset, requestedBy: me, createdAt } as Export;
    expect(await rooms.read(writer, (read) => new ExportPaceRepository().count(read, asked))).toEqual({
      exportsLastDay: 2,
      oldestOfLastDay: new Date('2026-03-01T13:00:00Z'),
      exportsOfAsset: 3,
    });
  });
});

describe('counting', () => {
  /** The statement that the repository sends, with its values. */
  async function asSent(who: Context, ask: (read: never) => Promise<unknown>): Promise<readonly [string, unknown[]]> {
    let sent: readonly [string, unknown[]] = ['', []];
    const manager = { query: (sql: string, values: unknown[]) => ((sent = [sql, values]), Promise.resolve([])) };
    await ask({ context: who, manager } as never);
    return sent;
  }

  it('reads indexes only, in a house that edits a lot', async () => {
    const writer = await rooms.person(tenant, 'creator');
    const admin = new Client({ connectionString: rooms.database.adminUrl });
    await admin.connect();
    const [asset, others] = [newId('asset'), newId('subject')];
    const when = `now() - make_interval(mins => n)`;
    await admin.query('set session_replication_role = replica');
    await admin.query(
      `insert into turn (tenant, id, session, prompt, data_key, providers, all_or_nothing, submitted_by, submitted_at)
        select $1::uuid, gen_random_uuid(), gen_random_uuid(), '', '', '{}', false, $2::uuid, ${when} from generate_series(1, $3::int) n`,
      [tenant, others, MANY],
    );
    await admin.query(
      `insert into turn_item (tenant, id, turn, position, asset, base_version, state, revision, created_at, moved_at)
        select $1::uuid, gen_random_uuid(), gen_random_uuid(), 0, case when n % 2 = 0 then $2::uuid else gen_random_uuid() end, gen_random_uuid(), 'submitted', 0, ${when}, now()
          from generate_series(1, $3::int) n`,
      [tenant, asset, MANY],
    );
    await admin.query(
      `insert into export (tenant, id, version, asset, state, format, requested_by, created_at)
        select $1::uuid, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'requested', 'png', $2::uuid, ${when} from generate_series(1, $3::int) n`,
      [tenant, others, MANY],
    );
    await admin.query('vacuum analyze turn, turn_item, export');
    await admin.end();

    const subject = writer.actor.subject;
    const app = new Client({ connectionString: rooms.database.appUrl });
    await app.connect();
    await app.query(`select set_config('app.tenant_id', $1, false)`, [tenant]);
    const statements = [
      await asSent(writer, (read) => new PaceRepository().count(read, { subject, asset, turn: newId('turn'), at: new Date() })),
      await asSent(writer, (read) =>
        new ExportPaceRepository().count(read, { id: newId('export'), asset, requestedBy: subject, createdAt: new Date() } as Export),
      ),
    ];
    const plans: string[] = [];
    for (const [sql, values] of statements) {
      const { rows } = await app.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, values);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
    }
    await app.end();
    for (const plan of plans) expect(plan).not.toContain('Seq Scan');
    for (const index of ['turn_of_subject', 'turn_of_time', 'turn_item_of_asset']) expect(plans[0]).toContain(index);
    for (const index of ['export_of_requester', 'export_of_asset']) expect(plans[1]).toContain(index);
  }, 60_000);
});
