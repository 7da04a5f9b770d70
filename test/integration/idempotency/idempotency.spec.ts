import { type Context, newId, ok, refuse, type Result } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { idempotently, requestDigest, sweepExpired } from '@imprimatur/platform/idempotency';
import { createTestDatabase, type TestDatabase } from '../../support/database';

let database: TestDatabase;
let context: Context;

beforeAll(async () => {
  database = await createTestDatabase({ poolMax: 20 });
});
afterAll(async () => database.close());

beforeEach(async () => {
  context = { tenant: newId('tenant'), actor: { kind: 'system', subject: null, ref: 'system', roles: [] }, requestId: 'r' };
  await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'a tenant', now())`, [context.tenant]);
});

const refusal = { code: 'TOO_LATE', message: 'Too late.', remedy: 'Come earlier.' } as const;

function once<T extends string>(
  key: string,
  work: (write: WriteContext) => Promise<Result<T>>,
  request: { body?: string; operation?: string; as?: Context } = {},
): Promise<Result<T>> {
  const { body = 'same', operation = 'openSession', as = context } = request;
  return database.unitOfWork
    .write(as, async (write) => ({ answer: await idempotently(write, { operation, key, requestDigest: requestDigest({ body }) }, work) }))
    .then(({ answer }) => answer);
}

/** A change that can be counted: another tenant-owned row. */
async function makeSubject(write: WriteContext): Promise<string> {
  const id = newId('subject');
  await write.manager.query(`insert into subject (tenant, id, kind, ref, created_at) values ($1, $2, 'person', $2, now())`, [
    write.context.tenant,
    id,
  ]);
  return id;
}

const subjects = async (): Promise<number> =>
  (await database.asAdmin<{ n: number }>(`select count(*)::int as n from subject where tenant = $1`, [context.tenant]))[0]?.n ?? -1;

describe('idempotently', () => {
  it('answers fifty at once with the one first answer, and works once', async () => {
    let runs = 0;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        once('fifty', async (write) => {
          runs += 1;
          return ok(await makeSubject(write));
        }),
      ),
    );
    expect(runs).toBe(1);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ ok: true });
    expect(await subjects()).toBe(1);
  });

  it('keeps a refusal, and nothing of what was done before it', async () => {
    let told = 0;
    const work = async (write: WriteContext): Promise<Result<string>> => {
      await makeSubject(write);
      write.afterCommit(() => (told += 1));
      return refuse(refusal);
    };
    expect(await once('no', work)).toEqual({ ok: false, refusal });
    expect(await once('no', async () => ok('never asked'))).toEqual({ ok: false, refusal });
    expect(await subjects()).toBe(0);
    expect(told).toBe(0);
  });

  it('refuses another request under the same key', async () => {
    await once('key', async () => ok('first'));
    expect(await once('key', async () => ok('second'), { body: 'other' })).toMatchObject({ refusal: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('keeps operations, actors and tenants apart', async () => {
    const other = { ...context, actor: { ...context.actor, ref: 'other' } };
    await once('key', async () => ok('first'));
    expect(await once('key', async () => ok('second'), { operation: 'closeSession' })).toEqual(ok('second'));
    expect(await once('key', async () => ok('third'), { as: other })).toEqual(ok('third'));
  });

  it('forgets what was never committed: the next one works', async () => {
    const broken = once('key', async (write) => {
      await makeSubject(write);
      throw new Error('the world failed');
    });
    await expect(broken).rejects.toThrow('the world failed');
    expect(await once('key', async () => ok('done'))).toEqual(ok('done'));
    expect(await subjects()).toBe(0);
  });

  it('hands the place to a waiting duplicate when the first one fails', async () => {
    let enter: () => void = () => undefined;
    const entered = new Promise<void>((resolve) => (enter = resolve));
    let fail: () => void = () => undefined;
    const failing = new Promise<void>((resolve) => (fail = resolve));
    const first = once('key', async () => {
      enter();
      await failing;
      throw new Error('the world failed');
    });
    await entered;
    const second = once('key', async () => ok('second'));
    fail();
    await expect(first).rejects.toThrow('the world failed');
    expect(await second).toEqual(ok('second'));
  });

  it('runs what waits for the commit once, and only for the first', async () => {
    let told = 0;
    const work = async (write: WriteContext): Promise<Result<string>> => {
      write.afterCommit(() => (told += 1));
      return ok('x');
    };
    await once('key', work);
    await once('key', work);
    expect(told).toBe(1);
  });

  it('starts afresh when the answer has expired, and sweeps expired ones', async () => {
    await once('old', async () => ok('first'));
    await once('older', async () => ok('first'));
    await database.asAdmin(`update idempotency_key set expires_at = now() - interval '1 second' where tenant = $1`, [context.tenant]);
    expect(await once('old', async () => ok('second'), { body: 'other' })).toEqual(ok('second'));
    await database.unitOfWork.write(context, (write) => sweepExpired(write, new Date()));
    expect(await database.asAdmin(`select key from idempotency_key where tenant = $1`, [context.tenant])).toEqual([{ key: 'old' }]);
  });

  it.each(['', 'a b', 'é', 'x'.repeat(201)])('refuses the key "%s"', async (key) => {
    expect(await once(key, async () => ok('x'))).toMatchObject({ refusal: { code: 'IDEMPOTENCY_KEY_INVALID' } });
  });
});
