import { createHash, randomBytes } from 'node:crypto';
import { AssetModule } from '@imprimatur/domain/assets';
import type { TurnItem } from '@imprimatur/domain/editing';
import { NoticeModule, NoticeService } from '@imprimatur/domain/notices';
import { AttemptService, ProvidersModule } from '@imprimatur/domain/providers';
import {
  type NewPublication,
  PublicationService,
  PublicationsModule,
  type RecallCriterion,
  RecallService,
} from '@imprimatur/domain/publications';
import { Takedown } from '@imprimatur/flows/consents';
import { PublicationRegistry, RecallFlow, RecallFlowModule } from '@imprimatur/flows/recalls';
import { type Context, type ExportId, newId, type RecallId, type VersionId } from '@imprimatur/kernel';
import { BlobsModule } from '@imprimatur/platform/blobs';
import { loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule } from '@imprimatur/platform/database';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { codeOf, openRooms, type Rooms, valueOf } from '../assets/rooms';
import { Turns, verdict } from '../editing/turns';

let rooms: Rooms;
let app: INestApplicationContext;
let flow: RecallFlow;
let recalls: RecallService;
let publications: PublicationRegistry;
let attempts: AttemptService;
let takedown: Takedown;
let legal: Context;
let turns: Turns;

beforeAll(async () => {
  rooms = await openRooms();
  const config = loadConfig({ DATABASE_URL: rooms.database.appUrl, IMPRIMATUR_HOME: rooms.home });
  @Module({
    imports: [
      DatabaseModule.forRoot(config, 'test-recalls'),
      BlobsModule.forRoot(config),
      ...[AssetModule, NoticeModule, ProvidersModule, PublicationsModule, RecallFlowModule],
    ],
  })
  class House {}
  app = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
  flow = app.get(RecallFlow);
  recalls = app.get(RecallService);
  publications = app.get(PublicationRegistry);
  attempts = app.get(AttemptService);
  takedown = app.get(Takedown);
});
afterAll(async () => {
  await app.close();
  await rooms.close();
});
beforeEach(async () => {
  const tenant = await rooms.newTenant();
  legal = await rooms.person(tenant, 'legal');
  turns = new Turns(rooms, await rooms.person(tenant, 'creator'));
});

const system = (): Context => rooms.system(legal.tenant);

interface Made {
  readonly item: TurnItem;
  readonly version: VersionId;
  readonly export: ExportId;
  readonly file: Uint8Array;
}

/** A released picture made by `model`, and its finished export. */
async function made(model = 'image-2', changed: Parameters<Turns['submit']>[0] = {}): Promise<Made> {
  const { item } = await turns.submit(changed);
  const begun = { item: item.id, turn: item.turn, asset: item.asset, provider: 'vendor', terms: null, requestSha256: 'ab'.repeat(32) };
  await rooms.write(system(), async (write) => {
    const attempt = await attempts.begin(write, { ...begun, requestedModel: model });
    const ending = { outcome: 'edited', finish: null, responseSha256: null, responseId: null, usage: {}, errorCode: null } as const;
    await attempts.end(write, attempt.id, { ...ending, modelVersion: `${model}@1` });
  });
  const done = await turns.walk(item, 'screened', 'rendering', 'rendered', 'inspected');
  const version = done.resultVersion;
  if (version === null) throw new Error('a rendered item has a result');
  const file = randomBytes(64);
  const blob = await rooms.write(system(), (write) => rooms.assets.storeBlob(write, file, { format: 'jpeg', subjects: [] }));
  const exported = newId('export');
  await rooms.database.asAdmin(
    `insert into export (tenant, id, version, asset, state, format, requested_by, created_at, unsigned_blob, rendered_entry, signed_blob, manifest_urn, release_index)
      values ($1, $2, $3, $4, 'done', 'jpeg', $5, now(), $6, $7, $6, $8, 1)`,
    [legal.tenant, exported, version, item.asset, turns.creator.actor.subject, blob.id, newId('entry'), `urn:c2pa:${exported}`],
  );
  return { item: done, version, export: exported, file };
}

async function recall(criterion: RecallCriterion): Promise<RecallId> {
  return valueOf(await rooms.write(legal, (write) => recalls.open(write, criterion, 'It may not stay.'))).id;
}
const carryOut = (id: RecallId, signal = new AbortController().signal): Promise<void> => flow.carryOut(system(), id, signal);
const find = async (id: RecallId) => (await rooms.read(legal, (read) => recalls.findMany(read, [id])))[0];
const close = (id: RecallId, who: Context, outcome: 'confirmed' | 'dismissed', unanswered = false) =>
  rooms.write(who, (write) => flow.close(write, id, { outcome, unanswered, reason: 'So it is.' }));
async function stateOf({ version, export: exported }: Made): Promise<string> {
  const [row] = await rooms.database.asAdmin<{ blocked: boolean; standing: string }>(
    `select v.blocked_at is not null as blocked, e.standing from version v join export e on e.version = v.id where v.id = $1 and e.id = $2`,
    [version, exported],
  );
  return `${row?.blocked ? 'blocked' : 'free'} ${row?.standing}`;
}
const register = (id: ExportId, who: Context, more: Partial<NewPublication> = {}) =>
  rooms.write(who, (write) =>
    publications.register(write, id, { channel: 'web', url: 'https://shop.example/a', publishedAt: new Date(), sha256: null, ...more }),
  );

describe('a recall', () => {
  it('reaches what one model made, by either of its names, and nothing else', async () => {
    const [one, other] = [await made('image-2'), await made('image-3')];
    for (const value of ['image-2', 'image-2@1']) {
      const preview = await rooms.read(legal, (read) => flow.preview(read, { kind: 'model', value }));
      expect(valueOf(preview)).toEqual({ versions: 1, exports: 1, publications: 0, isPartial: false });
    }
    const id = await recall({ kind: 'model', value: 'image-2@1' });
    await carryOut(id);
    expect(await find(id)).toMatchObject({ state: 'open', versionsBlocked: 1, exportsFlagged: 1 });
    expect([await stateOf(one), await stateOf(other)]).toEqual(['blocked flagged', 'free valid']);
    const events = await rooms.entries(legal.tenant, id);
    expect(events.map(({ type }) => type)).toEqual(['recall.opened', 'recall.reached']);
  });

  it('reaches what a rule spoke of, and the file with a digest, which only the sealed entry holds', async () => {
    const spoken = await made();
    const [row] = await rooms.database.asAdmin<{ n: number }>(`select count(*)::int as n from verdict where item = $1`, [spoken.item.id]);
    await rooms.database.asAdmin(
      `insert into verdict (tenant, id, item, ordinal, gate, outcome, findings, evidence, created_at) values ($1, $2, $3, $4, 'usage', 'pass', $5, '{}', now())`,
      [legal.tenant, newId('verdict'), spoken.item.id, (row?.n ?? 0) + 1, JSON.stringify(verdict().findings)],
    );
    const byRule = await recall({ kind: 'rule', value: 'usage.x' });
    await carryOut(byRule);
    expect(await stateOf(spoken)).toBe('blocked flagged');
    const filed = await made();
    const sha256 = createHash('sha256').update(filed.file).digest('hex');
    const byHash = await recall({ kind: 'hash', value: sha256 });
    await carryOut(byHash);
    expect(await stateOf(filed)).toBe('blocked flagged');
    expect((await find(byHash))?.value).toBeNull();
    const entries = await rooms.entries(legal.tenant, byHash);
    expect(JSON.stringify(entries)).not.toContain(sha256);
  });

  it('goes on where it was when a worker ends, and does nothing twice', async () => {
    const all: Made[] = [];
    for (let count = 0; count < 27; count += 1) all.push(await made('image-9'));
    const id = await recall({ kind: 'model', value: 'image-9' });
    const ended = new AbortController();
    const write = jest.spyOn(recalls, 'advance').mockImplementation(async (...args) => {
      write.mockRestore();
      await recalls.advance(...args);
      ended.abort(new Error('the worker ends'));
    });
    await expect(carryOut(id, ended.signal)).rejects.toThrow('the worker ends');
    expect(await find(id)).toMatchObject({ state: 'running', versionsBlocked: 25 });
    await Promise.all([carryOut(id), carryOut(id)]);
    expect(await find(id)).toMatchObject({ state: 'open', versionsBlocked: 27, exportsFlagged: 27 });
    expect(new Set(await Promise.all(all.map(stateOf)))).toEqual(new Set(['blocked flagged']));
  });

  it('asks everybody who exported or published until they answer, and closes over their silence only on record', async () => {
    const one = await made();
    const colleague = await rooms.person(legal.tenant, 'creator');
    valueOf(await register(one.export, colleague));
    const id = await recall({ kind: 'model', value: 'image-2' });
    await carryOut(id);
    const asked = (who: Context) => rooms.read(who, (read) => recalls.asked(read));
    expect(await asked(turns.creator)).toMatchObject([{ recall: id, exports: [one.export] }]);
    expect(await asked(colleague)).toMatchObject([{ recall: id, exports: [one.export] }]);
    const answer = (who: Context) => rooms.write(who, (write) => recalls.answer(write, id, 'taken-down'));
    valueOf(await answer(colleague));
    expect(await asked(colleague)).toEqual([]);
    expect(codeOf(await answer(legal))).toBe('NOT_FOUND');
    await rooms.write(system(), (write) => flow.remind(write, id, 0));
    const notices = (who: Context) =>
      rooms.read(who, (read) => app.get(NoticeService).list(read, { unreadOnly: false, first: 10, after: null }));
    expect((await notices(turns.creator)).map(({ kind, version }) => `${kind} ${version}`)).toEqual(['recalled 2', 'recalled 1']);
    expect((await notices(colleague)).map(({ version }) => version)).toEqual([1]);
    expect(codeOf(await close(id, legal, 'confirmed'))).toBe('RECALL_UNANSWERED');
    expect(valueOf(await close(id, legal, 'confirmed', true)).state).toBe('closed');
    expect(await stateOf(one)).toBe('blocked flagged');
    const last = (await rooms.entries(legal.tenant, id)).at(-1);
    expect(last).toMatchObject({ type: 'recall.closed', facts: { outcome: 'confirmed', unanswered: 1 } });
  });

  it('frees what it blocked when another person finds it wrong, by rule and by database', async () => {
    const [one, earlier] = [await made(), await made()];
    await rooms.write(system(), (write) => rooms.assets.block(write, earlier.version, 'consent-withdrawn'));
    const id = await recall({ kind: 'model', value: 'image-2' });
    await carryOut(id);
    expect(codeOf(await close(id, legal, 'dismissed'))).toBe('RECALL_NEEDS_ANOTHER');
    await expect(
      rooms.database.asAdmin(
        `update recall set state = 'closed', closed_by = opened_by, closed_at = now(), outcome = 'dismissed', close_entry = entry where id = $1`,
        [id],
      ),
    ).rejects.toThrow('recall_two_people');
    const colleague = await rooms.person(legal.tenant, 'policy-admin');
    const robot: Context = { ...colleague, actor: { ...colleague.actor, kind: 'service' } };
    expect(codeOf(await close(id, robot, 'dismissed'))).toBe('FORBIDDEN');
    valueOf(await close(id, colleague, 'dismissed'));
    expect([await stateOf(one), await stateOf(earlier)]).toEqual(['free valid', 'blocked valid']);
  });

  it('leaves blocked what another recall reaches too, until that one is dismissed as well', async () => {
    const one = await made();
    const colleague = await rooms.person(legal.tenant, 'policy-admin');
    const [first, second] = [await recall({ kind: 'model', value: 'image-2' }), await recall({ kind: 'model', value: 'image-2@1' })];
    await carryOut(first);
    await carryOut(second);
    valueOf(await close(first, colleague, 'dismissed'));
    expect(await stateOf(one)).toBe('blocked flagged');
    valueOf(await close(second, colleague, 'dismissed'));
    expect(await stateOf(one)).toBe('free valid');
  });

  it('frees nothing that was withdrawn meanwhile', async () => {
    const one = await made();
    const id = await recall({ kind: 'model', value: 'image-2' });
    await carryOut(id);
    await rooms.write(system(), async (write) => {
      const held = await takedown.hold(write, [one.version]);
      await takedown.end(write, [one.version], held, {
        reason: 'consent-withdrawn',
        code: 'CONSENT_WITHDRAWN',
        standing: 'withdrawn',
        knownAs: 'withdrawn',
      });
    });
    valueOf(await close(id, await rooms.person(legal.tenant, 'policy-admin'), 'dismissed'));
    expect(await stateOf(one)).toBe('blocked withdrawn');
  });

  it('is for legal and policy-admin of the tenant', async () => {
    const open = (who: Context) => rooms.write(who, (write) => recalls.open(write, { kind: 'rule', value: 'usage.x' }, 'why'));
    expect(codeOf(await open(turns.creator))).toBe('FORBIDDEN');
    const id = valueOf(await open(legal)).id;
    const stranger = await rooms.person(await rooms.newTenant(), 'legal');
    expect(await rooms.read(stranger, (read) => recalls.findMany(read, [id]))).toEqual([]);
    expect(codeOf(await close(id, stranger, 'confirmed'))).toBe('NOT_FOUND');
    expect(codeOf(await rooms.write(stranger, (write) => recalls.answer(write, id, 'stays')))).toBe('NOT_FOUND');
  });
});

describe('a publication', () => {
  it('is registered of a finished export that stands, and says whether the platform kept the file', async () => {
    const one = await made();
    const kept = valueOf(await register(one.export, turns.creator, { sha256: createHash('sha256').update(one.file).digest() }));
    expect(kept.isSameFile).toBe(true);
    expect(valueOf(await register(one.export, turns.creator, { sha256: new Uint8Array(32) })).isSameFile).toBe(false);
    const down = await rooms.write(turns.creator, (write) => app.get(PublicationService).takeDown(write, kept.id));
    expect(valueOf(down).ended).not.toBeNull();
    expect(codeOf(await rooms.write(turns.creator, (write) => app.get(PublicationService).takeDown(write, kept.id)))).toBe(
      'PUBLICATION_ENDED',
    );
    await carryOut(await recall({ kind: 'model', value: 'image-2' }));
    expect(codeOf(await register(one.export, turns.creator))).toBe('EXPORT_NOT_PUBLISHABLE');
    const stranger = await rooms.person(await rooms.newTenant(), 'creator');
    expect(codeOf(await register(one.export, stranger))).toBe('NOT_FOUND');
  });
});
