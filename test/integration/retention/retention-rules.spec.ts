import { randomBytes } from 'node:crypto';
import { type NewRetentionRule, RETENTION_CLASSES, type RetentionClass } from '@imprimatur/domain/retention';
import { newId, type TenantId } from '@imprimatur/kernel';
import { everywhereIn, portraitIn } from './portraits';
import { codeOf, type Person, RetentionRoom, sha256, traces, valueOf } from './retention-room';

const DAY_MS = 86_400_000;

let room: RetentionRoom;
let tenant: TenantId;
let legal: Person;
let creator: Person;
beforeAll(async () => {
  room = await RetentionRoom.open();
});
beforeEach(async () => {
  tenant = await room.newTenant();
  legal = await room.person(tenant, 'legal');
  creator = await room.person(tenant, 'creator');
});
afterAll(() => room?.close());

const set = (rule: Partial<NewRetentionRule> & { class: RetentionClass }, who = legal) =>
  room.write(who, (write) => room.rules.set(write, { keepDays: null, dutyDays: null, basis: 'House policy 4', ...rule }));
/** As if so many days had passed. */
const sweepIn = (days: number) => room.sweep.run(room.system(tenant), new AbortController().signal, new Date(nowPlus(days)));
const nowPlus = (days: number): number => performance.timeOrigin + performance.now() + days * DAY_MS;

describe('rules of retention', () => {
  it('keep everything for ever until somebody says otherwise', async () => {
    const { version, bytes } = await room.upload(creator);
    const rules = valueOf(await room.read(legal, (read) => room.rules.list(read)));
    expect(rules.map((rule) => [rule.class, rule.keepDays, rule.dutyDays])).toEqual(RETENTION_CLASSES.map((each) => [each, null, null]));
    expect(await sweepIn(36_500)).toEqual({});
    expect(valueOf(await room.read(legal, (read) => room.assets.readBlob(read, version.blob)))).toEqual(Buffer.from(bytes));
  });

  it.each([
    ['no days', { keepDays: 0 }],
    ['half a day', { keepDays: 1.5 }],
    ['more than a century', { keepDays: 40_000 }],
    ['less than the duty', { keepDays: 10, dutyDays: 20 }],
    ['no basis', { keepDays: 10, basis: ' ' }],
  ])('are refused with %s', async (_, rule) => {
    expect(codeOf(await set({ class: 'turn', ...rule }))).toBe('RETENTION_RULE_INVALID');
  });

  it('are set by legal alone, told by the ledger, and begin a day later', async () => {
    for (const role of ['creator', 'auditor', 'tenant-admin'] as const)
      expect(codeOf(await set({ class: 'turn', keepDays: 5 }, await room.person(tenant, role)))).toBe('FORBIDDEN');
    valueOf(await set({ class: 'turn', keepDays: 5 }));
    expect(await room.types(tenant)).toEqual(['retention-rule.set']);
    const jobs = await room.database.asAdmin<{ hours: number }>(
      `select round(extract(epoch from run_at - now()) / 3600)::int as hours from job where tenant = $1 and kind = 'retention'`,
      [tenant],
    );
    expect(jobs).toEqual([{ hours: 24 }]);
  });

  it('schedule the next day until no rule destroys anything', async () => {
    valueOf(await set({ class: 'turn', keepDays: 5 }));
    const jobs = () => room.database.asAdmin<{ count: number }>(`select count(*)::int as count from job where tenant = $1`, [tenant]);
    await room.database.asAdmin(`delete from job where tenant = $1`, [tenant]);
    await room.sweep.carryOut(room.system(tenant), new AbortController().signal, () => Promise.resolve());
    expect(await jobs()).toEqual([{ count: 1 }]);
    valueOf(await set({ class: 'turn', keepDays: null }));
    await room.database.asAdmin(`delete from job where tenant = $1`, [tenant]);
    await room.sweep.carryOut(room.system(tenant), new AbortController().signal, () => Promise.resolve());
    expect(await jobs()).toEqual([{ count: 0 }]);
  });
});

describe('a daily run', () => {
  it('destroys pictures past their time with everything that is known of them, and only those', async () => {
    valueOf(await set({ class: 'asset', keepDays: 30 }));
    const pixels = randomBytes(32);
    const old = await room.upload(creator);
    await room.screen(tenant, old.version, { pixels });
    await room.consent(legal, old.version);
    expect(await sweepIn(29)).toEqual({});
    expect(await sweepIn(31)).toEqual({ asset: 1 });
    expect(await traces(room.database, [sha256(old.bytes), pixels])).toEqual([]);
    expect(codeOf(await room.read(creator, (read) => room.assets.readBlob(read, old.version.blob)))).toBe('BLOB_ERASED');
    expect(await room.types(tenant, old.asset.id)).toEqual(expect.arrayContaining(['asset.uploaded', 'asset.erased']));
    expect((await room.types(tenant)).filter((type) => type === 'retention.applied').length).toBe(1);
    expect(await sweepIn(31)).toEqual({});
    const young = await room.upload(creator);
    expect(await sweepIn(1)).toEqual({});
    expect(valueOf(await room.read(creator, (read) => room.assets.readBlob(read, young.version.blob)))).toEqual(Buffer.from(young.bytes));
  });

  it('destroys in batches, each with its event', async () => {
    valueOf(await set({ class: 'asset', keepDays: 1 }));
    for (let n = 0; n < 23; n += 1) await room.upload(creator);
    expect(await sweepIn(3)).toEqual({ asset: 23 });
    expect((await room.types(tenant)).filter((type) => type === 'retention.applied').length).toBe(3);
  });

  it.each(['asset', 'subject', 'session', 'tenant'] as const)('spares what a hold on the %s covers, of every class', async (kind) => {
    const { asset, version, bytes } = await room.upload(creator);
    await room.screen(tenant, version);
    const subject = await room.consent(legal, version);
    const session = valueOf(
      await room.write(creator, (write) =>
        room.editing.openSession(write, { name: 's', useCase: 'u', channel: 'c', territory: 'DE', assets: [asset.id] }),
      ),
    );
    const target = { asset: asset.id, version: version.id, width: 400, height: 300 };
    const { turn } = valueOf(
      await room.write(creator, (write) =>
        room.editing.submitTurn(write, { session: session.id, prompt: 'words', targets: [target], masks: [] }),
      ),
    );
    for (const each of ['asset', 'consent', 'export', 'review'] as const) valueOf(await set({ class: each, keepDays: 1 }));
    const ids = { asset: asset.id, subject, session: session.id, tenant };
    const hold = valueOf(
      await room.write(legal, (write) => room.holdFlow.place(write, { target: { kind, id: ids[kind] }, matter: 'M', reason: 'why' })),
    );
    expect(await sweepIn(9)).toEqual({});
    expect(valueOf(await room.read(creator, (read) => room.assets.readBlob(read, version.blob)))).toEqual(Buffer.from(bytes));
    valueOf(await room.write(await room.person(tenant, 'legal'), (write) => room.holds.release(write, hold.id, 'over')));
    expect(await sweepIn(9)).toMatchObject({ asset: 1 });
    expect((await room.read(creator, (read) => room.editing.contents(read, turn.id)))?.prompt).toBe('words');
  });

  it('destroys words, consents, review digests, exports and sealed parts, each by its own rule', async () => {
    const { asset, version, bytes } = await room.upload(creator);
    await room.screen(tenant, version);
    await room.consent(legal, version);
    const session = valueOf(
      await room.write(creator, (write) =>
        room.editing.openSession(write, { name: 's', useCase: 'u', channel: 'c', territory: 'DE', assets: [asset.id] }),
      ),
    );
    const target = { asset: asset.id, version: version.id, width: 400, height: 300 };
    const { turn } = valueOf(
      await room.write(creator, (write) =>
        room.editing.submitTurn(write, { session: session.id, prompt: 'words', targets: [target], masks: [] }),
      ),
    );
    const [consent] = await room.read(legal, (read) => room.consents.list(read, { first: 1, after: null }));
    valueOf(await room.write(legal, (write) => room.consents.withdraw(write, consent?.id ?? newId('consent'), 'no more')));
    valueOf(await set({ class: 'turn', keepDays: 10 }));
    valueOf(await set({ class: 'consent', keepDays: 10 }));
    valueOf(await set({ class: 'ledger-payload', keepDays: 20 }));
    expect(await sweepIn(11)).toEqual({ turn: 1, consent: 1 });
    await room.read(creator, async (read) => {
      expect(await room.editing.contents(read, turn.id)).toBeNull();
      expect(valueOf(await room.assets.readBlob(read, version.blob))).toEqual(Buffer.from(bytes));
    });
    expect(await sweepIn(21)).toMatchObject({ 'ledger-payload': expect.any(Number) as number });
    const left = await room.database.asAdmin<{ type: string }>(
      `select distinct e.type from ledger_payload p join ledger_entry e on e.tenant = p.tenant and e.id = p.entry where p.tenant = $1`,
      [tenant],
    );
    expect(left.map(({ type }) => type)).toEqual(['retention-rule.set']);
  });

  it('destroys digests of reviews, and exported files, and leaves the pictures', async () => {
    const people = { tenant, legal, creator };
    const found = await portraitIn(room, people);
    const { signed, task } = await everywhereIn(room, people, found);
    valueOf(await set({ class: 'review', keepDays: 10 }));
    valueOf(await set({ class: 'export', keepDays: 10 }));
    expect(await sweepIn(9)).toEqual({});
    expect(await sweepIn(11)).toEqual({ review: 1, export: 1 });
    expect(await traces(room.database, [sha256(signed)])).toEqual([]);
    const [row] = await room.database.asAdmin<{ digest: Buffer | null }>(`select content_digest as digest from review_task where id = $1`, [
      task,
    ]);
    expect(row?.digest).toBeNull();
    expect(valueOf(await room.read(creator, (read) => room.assets.readBlob(read, found.made.blob)))).toEqual(Buffer.from(found.derived));
    expect(await sweepIn(11)).toEqual({});
  });

  it('forbids an erasure while a duty to keep lasts', async () => {
    const { version } = await room.upload(creator);
    await room.screen(tenant, version);
    const subject = await room.consent(legal, version);
    valueOf(await set({ class: 'consent', dutyDays: 365, basis: 'Proof of consent' }));
    const plan = valueOf(await room.read(legal, (read) => room.erasure.plan(read, subject)));
    expect(plan.duties).toMatchObject([{ class: 'consent', basis: 'Proof of consent' }]);
    const wish = { subject, planDigest: plan.digest, reason: 'asked' };
    expect(await room.write(legal, (write) => room.erasure.erase(write, wish))).toMatchObject({
      ok: false,
      refusal: { code: 'UNDER_RETENTION_DUTY', classes: ['consent'] },
    });
    valueOf(await set({ class: 'consent' }));
    expect((await room.write(legal, (write) => room.erasure.erase(write, wish))).ok).toBe(true);
  });

  it("leaves another tenant's alone", async () => {
    const elsewhere = await room.person(await room.newTenant(), 'creator');
    const theirs = await room.upload(elsewhere);
    valueOf(await set({ class: 'asset', keepDays: 1 }));
    expect(await sweepIn(9)).toEqual({});
    expect(valueOf(await room.read(elsewhere, (read) => room.assets.readBlob(read, theirs.version.blob)))).toEqual(
      Buffer.from(theirs.bytes),
    );
  });
});
