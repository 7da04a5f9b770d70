import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import sharp from 'sharp';
import { traces } from '../integration/retention/retention-room';
import { PORTRAIT, Story } from '../support/story';
import { TestService, until } from '../support/service';

const LOCK = 515_151;
const REFUSED = '... on Refused { __typename code message remedy }';
const key = (): string => randomBytes(12).toString('hex');

/** Every durable write of the worker: a batch that is marked, the bytes removed before; the events in between and the last one. */
const WRITES: readonly (readonly [string, string, string])[] = [
  ['the first object removed', 'erasure_copy', `new.kind = 'object'`],
  ['an item ended', 'erasure_copy', `new.kind = 'item'`],
  ['a task voided, or the item moved', 'ledger_entry', `new.type in ('task.voided', 'item.blocked', 'item.expired')`],
  ['a screening emptied', 'erasure_copy', `new.kind = 'screening'`],
  ['a binding deleted', 'erasure_copy', `new.kind = 'binding'`],
  ['a notice emptied', 'erasure_copy', `new.kind = 'notice'`],
  ['a review digest destroyed', 'erasure_copy', `new.kind = 'review'`],
  ['a session renamed', 'erasure_copy', `new.kind = 'session'`],
  ['the asset told', 'ledger_entry', `new.type = 'asset.erased'`],
  ['the asset done', 'erasure_copy', `new.kind = 'asset'`],
  ['what came late', 'erasure_copy', `new.kind = 'late-payload'`],
  ['the completion', 'ledger_entry', `new.type = 'subject.erasure-completed'`],
  ['the row completed', 'erasure', 'new.completed_at is not null'],
];

describe('an erasure whose worker is killed is gone on with', () => {
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

  /** A fresh picture of somebody, with consent, an edit that is held, and what to look for afterwards. */
  async function somebody(
    seed: number,
  ): Promise<{ readonly subject: string; readonly asset: string; readonly secrets: readonly Buffer[] }> {
    const bytes = await sharp(PORTRAIT)
      .modulate({ brightness: 1 + seed / 100 })
      .jpeg({ quality: 85 + (seed % 10) })
      .toBuffer();
    const asset = await story.upload(bytes, `portrait-${seed}.jpg`);
    expect(await story.screened(asset)).toBe(1);
    await story.consent(asset);
    await story.edit(asset, 'brighten by 10%');
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { subject: string } }[] } }>(
      '{ consentRecords(first: 1) { edges { node { subject } } } }',
    );
    const versions = await service.database.asAdmin<{ sha256: Buffer; pixels: Buffer | null }>(
      `select b.sha256, s.pixel_sha256 as pixels from version v join blob b on b.tenant = v.tenant and b.id = v.blob
         left join screening s on s.tenant = v.tenant and s.version = v.id where v.asset = $1`,
      [asset.replace('asset_', '')],
    );
    const secrets = [
      createHash('sha256').update(bytes).digest(),
      ...versions.flatMap(({ sha256, pixels }) => (pixels ? [sha256, pixels] : [sha256])),
    ];
    return { subject: consentRecords.edges[0]?.node.subject ?? '', asset, secrets };
  }

  async function erase(subject: string): Promise<string> {
    const { planErasure } = await story.legal.graphql<{ planErasure: { digest: string } }>(
      'query($subject: ID!) { planErasure(subject: $subject) { digest } }',
      { subject },
    );
    const { eraseSubject } = await story.legal.graphql<{ eraseSubject: { __typename: string; erasure: { id: string } } }>(
      `mutation($input: EraseSubjectInput!) { eraseSubject(input: $input) { __typename ... on EraseSubjectSuccess { erasure { id } } ${REFUSED} } }`,
      { input: { idempotencyKey: key(), subject, planDigest: planErasure.digest, reason: 'asked' } },
    );
    if (eraseSubject.__typename !== 'EraseSubjectSuccess') throw new Error(JSON.stringify(eraseSubject));
    return eraseSubject.erasure.id;
  }

  it.each(WRITES)(
    'in the write of %s',
    async (name, table, when) => {
      const at = WRITES.findIndex(([each]) => each === name);
      const { subject, asset, secrets } = await somebody(at);
      await gate.query('select pg_advisory_lock($1)', [LOCK]);
      const event = table === 'ledger_entry' ? 'insert' : 'update';
      await gate.query(`create trigger stop_here before ${event} on ${table} for each row when (${when}) execute function stop_here()`);
      const id = await erase(subject);
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
          gate.query(`drop trigger stop_here on ${table}`).then(
            () => true,
            () => false,
          ),
        Boolean,
      );
      await service.leasesRunOut();
      await service.startApp('worker');
      await until(
        async () =>
          (await story.legal.graphql<{ erasure: { state: string } }>('query($id: ID!) { erasure(id: $id) { state } }', { id })).erasure
            .state,
        (state) => state === 'COMPLETED',
      );
      expect(await traces(service.database, secrets)).toEqual([]);
      const types = async (filter: string): Promise<readonly string[]> =>
        (
          await service.database.asAdmin<{ type: string }>(
            `select distinct e.type, e.position from ledger_entry e join ledger_about a on a.tenant = e.tenant and a.entry = e.id where a.about = $1 order by e.position`,
            [filter.replace(/^[a-z]+_/, '')],
          )
        ).map(({ type }) => type);
      expect((await types(subject)).filter((type) => type.startsWith('subject.'))).toEqual(['subject.erased', 'subject.erasure-completed']);
      expect((await types(asset)).filter((type) => type === 'asset.erased')).toEqual(['asset.erased']);
    },
    120_000,
  );
});
