import { AttemptService, endingOf, LocalProvider, type NewAttempt, ProvidersModule, TIMED_OUT } from '@imprimatur/domain/providers';
import { type Context, newId } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule } from '@imprimatur/platform/database';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { openRooms, type Rooms, valueOf } from '../assets/rooms';
import { Turns } from '../editing/turns';

let rooms: Rooms;
let app: INestApplicationContext;
let attempts: AttemptService;
let creator: Context;
let worker: Context;
let turns: Turns;

beforeAll(async () => {
  rooms = await openRooms();
  const config = loadConfig({ DATABASE_URL: rooms.database.appUrl, IMPRIMATUR_HOME: rooms.home });
  @Module({ imports: [DatabaseModule.forRoot(config, 'test-providers'), ProvidersModule] })
  class House {}
  app = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
  attempts = app.get(AttemptService);
  const tenant = await rooms.newTenant();
  creator = await rooms.person(tenant, 'creator');
  worker = rooms.system(tenant);
  turns = new Turns(rooms, creator);
});
afterAll(async () => {
  await app.close();
  await rooms.close();
});

const DIGEST = 'ab'.repeat(32);
const EDITED = {
  outcome: 'edited',
  finish: { code: 'STOP', message: 'as you wished' },
  responseSha256: new Uint8Array(32).fill(7),
  responseId: 'resp-1',
  modelVersion: 'local-editor-1',
  usage: { images: 1 },
  errorCode: null,
} as const;

async function wish(): Promise<NewAttempt> {
  const { item } = await turns.submit();
  const asked = { provider: 'local', requestedModel: 'local-editor-1', terms: null, requestSha256: DIGEST };
  return { item: item.id, turn: item.turn, asset: item.asset, ...asked };
}
const begin = (begun: NewAttempt) => rooms.write(worker, (write) => attempts.begin(write, begun));
const end = (id: Parameters<AttemptService['end']>[1], ending: Parameters<AttemptService['end']>[2]) =>
  rooms.write(worker, (write) => attempts.end(write, id, ending));
const ofItem = (begun: NewAttempt, who = creator) => rooms.read(who, (read) => attempts.ofItems(read, [begun.item]));

describe('an attempt', () => {
  it('is on record before and after, each with its event in the line of the picture', async () => {
    const begun = await wish();
    const attempt = await begin(begun);
    expect(attempt).toMatchObject({ number: 1, ending: null, provider: 'local' });
    expect(await ofItem(begun)).toEqual([attempt]);
    const safety = [{ category: 'HARM_CATEGORY_HARASSMENT', level: 'LOW', blocked: false }];
    const ended = valueOf(await end(attempt.id, { ...EDITED, safety }));
    expect(ended.ending).toMatchObject({ ...EDITED, safety });
    expect(await ofItem(begun)).toMatchObject([{ ending: { safety } }]);
    expect(await ofItem(begun)).toEqual([ended]);
    const events = (await rooms.entries(creator.tenant, attempt.id)).map(({ type, facts, parts, about }) => ({
      type,
      facts,
      parts: Object.keys(parts),
      about: about.map(({ kind }) => kind),
      seq: about[0]?.seq,
    }));
    expect(events).toEqual([
      {
        type: 'attempt.began',
        facts: { number: 1, provider: 'local', model: 'local-editor-1' },
        parts: ['request'],
        about: ['asset', 'turn', 'item', 'attempt'],
        seq: 3,
      },
      {
        type: 'attempt.ended',
        facts: { number: 1, outcome: 'edited', finish: 'STOP', error: null, usage: { images: 1 } },
        parts: ['message', 'response'],
        about: ['asset', 'turn', 'item', 'attempt'],
        seq: 4,
      },
    ]);
    expect(JSON.stringify(await rooms.entries(creator.tenant, attempt.id))).not.toContain('as you wished');
  });

  it('ends once: again, also otherwise, the first ending is answered and nothing is written', async () => {
    const attempt = await begin(await wish());
    const first = valueOf(await end(attempt.id, EDITED));
    expect(valueOf(await end(attempt.id, TIMED_OUT))).toEqual(first);
    const [, ...others] = await Promise.all([1, 2, 3, 4].map(() => end(attempt.id, TIMED_OUT)));
    for (const other of others) expect(valueOf(other)).toEqual(first);
    expect((await rooms.entries(creator.tenant, attempt.id)).map(({ type }) => type)).toEqual(['attempt.began', 'attempt.ended']);
  });

  it('ends once also when many end it at the same moment', async () => {
    const attempt = await begin(await wish());
    const endings = await Promise.all(Array.from({ length: 8 }, (_, at) => end(attempt.id, at % 2 === 0 ? EDITED : TIMED_OUT)));
    expect(new Set(endings.map((ending) => valueOf(ending).ending?.outcome)).size).toBe(1);
    expect(await rooms.entries(creator.tenant, attempt.id)).toHaveLength(2);
  });

  it('has a number of its own, also when two begin at once', async () => {
    const begun = await wish();
    const made = await Promise.all(Array.from({ length: 6 }, () => begin(begun)));
    expect(made.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('leaves nothing when the transaction around it fails', async () => {
    const begun = await wish();
    const doomed = rooms.write(worker, async (write) => {
      await attempts.begin(write, begun);
      throw new Error('later');
    });
    await expect(doomed).rejects.toThrow('later');
    expect(await ofItem(begun)).toEqual([]);
    expect((await rooms.entries(creator.tenant, begun.item)).map(({ type }) => type)).not.toContain('attempt.began');
  });

  it('cannot be ended otherwise behind the service: the database keeps the first ending', async () => {
    const attempt = await begin(await wish());
    await end(attempt.id, EDITED);
    const change = rooms.write(worker, (write) =>
      write.manager.query(`update provider_attempt set outcome = 'refused' where id = $1`, [attempt.id]),
    );
    await expect(change).rejects.toThrow(/has ended/);
  });

  it("is nobody else's, and unknown ones are not found", async () => {
    const begun = await wish();
    const attempt = await begin(begun);
    const stranger = rooms.system(await rooms.newTenant());
    expect(await ofItem(begun, stranger)).toEqual([]);
    expect(await rooms.write(stranger, (write) => attempts.end(write, attempt.id, TIMED_OUT))).toMatchObject({
      ok: false,
      refusal: { code: 'NOT_FOUND' },
    });
    expect(await end(newId('attempt'), TIMED_OUT)).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } });
    expect(await ofItem(begun, await rooms.person(creator.tenant, 'tenant-admin'))).toEqual([]);
  });

  it('that nobody ended is found as an orphan and closed as a timeout, once', async () => {
    const begun = await wish();
    const [orphan, ended] = [await begin(begun), await begin(begun)];
    await end(ended.id, EDITED);
    const found = (olderThan: number) =>
      rooms.read(worker, (read) => attempts.orphans(read, new Date(orphan.beganAt.getTime() + olderThan)));
    expect((await found(60_000)).map(({ id }) => id)).toContain(orphan.id);
    expect((await found(60_000)).map(({ id }) => id)).not.toContain(ended.id);
    expect((await found(0)).map(({ id }) => id)).not.toContain(orphan.id);
    const close = () => rooms.write(worker, (write) => attempts.closeOrphans(write, begun.item));
    expect(await close()).toMatchObject([{ id: orphan.id, ending: { outcome: 'timeout', errorCode: 'TIMEOUT', responseSha256: null } }]);
    expect(await close()).toEqual([]);
    expect((await found(60_000)).map(({ id }) => id)).not.toContain(orphan.id);
  });

  it('takes its ending from what the provider answered', async () => {
    const provider = new LocalProvider({ limits: { bytesMax: 1, pixelsMax: 1, decodeTimeoutSeconds: 1 }, threads: 1 });
    const request = { prompt: 'add a dragon', operations: null, picture: new Uint8Array(1), mask: null, model: null, timeoutMs: 10_000 };
    const attempt = await begin({ ...(await wish()), requestSha256: provider.requestSha256(request) });
    const answer = await provider.edit(request);
    await provider.close();
    const { ending } = valueOf(await end(attempt.id, endingOf(answer)));
    expect(ending).toMatchObject({
      outcome: 'refused',
      finish: { code: 'INSERT_UNSUPPORTED', message: expect.any(String) as string },
      errorCode: null,
    });
    expect(Buffer.from(ending?.responseSha256 ?? []).toString('hex')).toBe(answer.responseSha256);
  });
});
