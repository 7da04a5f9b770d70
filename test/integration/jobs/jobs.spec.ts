import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Context, Fault, newId, systemContext } from '@imprimatur/kernel';
import { Notifications } from '@imprimatur/platform/database';
import { type HandlerOptions, JobConsumer, type JobHandler, Jobs } from '@imprimatur/platform/jobs';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { until } from '../../support/service';

interface Row {
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
}

describe('jobs', () => {
  let database: TestDatabase;
  let notifications: Notifications;
  let context: Context;
  let consumers: JobConsumer[];
  const jobs = new Jobs();

  beforeAll(async () => {
    database = await createTestDatabase();
    notifications = new Notifications(database.appUrl);
    await notifications.connect();
  });
  afterAll(async () => {
    await notifications.close();
    await database.close();
  });
  beforeEach(() => {
    context = systemContext(newId('tenant'), 'test');
    consumers = [];
  });
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  });

  const enqueue = (kind: string, key = 'k', payload = {}): Promise<void> =>
    database.unitOfWork.write(context, (write) => jobs.enqueue(write, { kind, key, payload }));
  const rows = (kind: string): Promise<Row[]> =>
    database.asAdmin<Row>(`select state, attempts, last_error from job where kind = $1 order by id`, [kind]);
  const ended = (kind: string, state = 'done'): Promise<Row[]> =>
    until(
      () => rows(kind),
      (found) => found.length > 0 && found.every((row) => row.state === state),
    );
  const consume = (kind: string, handler: JobHandler, options: Partial<HandlerOptions> = {}): void => {
    const consumer = new JobConsumer(database.dataSource, notifications, () => undefined);
    consumer.register(kind, handler, { concurrency: 1, backoffMs: () => 10, ...options });
    consumer.start();
    consumers.push(consumer);
  };

  it('exists exactly when its change does', async () => {
    await expect(
      database.unitOfWork.write(context, async (write) => {
        await jobs.enqueue(write, { kind: 'rolled-back', key: 'k', payload: {} });
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await rows('rolled-back')).toEqual([]);
  });

  it('runs once more when it is enqueued while it runs', async () => {
    let runs = 0;
    const gate = deferred();
    const payloads: unknown[] = [];
    consume('again', async ({ job }) => {
      payloads.push(job.payload);
      runs += 1;
      if (runs === 1) await gate.promise;
    });
    await enqueue('again', 'k', { n: 1 });
    await until(
      () => Promise.resolve(runs),
      (count) => count === 1,
    );
    await enqueue('again', 'k', { n: 2 });
    gate.resolve();
    expect(await ended('again')).toHaveLength(1);
    expect(payloads).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('does not run a waiting job before the transaction that enqueued it again has committed', async () => {
    const order: string[] = [];
    await enqueue('locked');
    await database.unitOfWork.write(context, async (write) => {
      await jobs.enqueue(write, { kind: 'locked', key: 'k', payload: {} });
      const looked = new Promise<void>((resolve) => {
        consume('probe-locked', async () => resolve());
      });
      consume('locked', async () => void order.push('ran'));
      await enqueue('probe-locked'); // taken after the locked one was passed over
      await looked;
      order.push('committing');
    });
    await ended('locked');
    expect(order).toEqual(['committing', 'ran']);
  });

  it('is taken by exactly one of many consumers', async () => {
    const ran: string[] = [];
    for (let n = 0; n < 4; n += 1) consume('many', async ({ job }) => void ran.push(job.key), { concurrency: 5 });
    await Promise.all(Array.from({ length: 100 }, (_, n) => enqueue('many', `k${n}`)));
    await until(
      () => rows('many'),
      (found) => found.filter(({ state }) => state === 'done').length === 100,
    );
    expect([...ran].sort()).toEqual([...new Set(ran)].sort());
    expect(ran).toHaveLength(100);
  });

  it('is completed by itself when the transaction that completed it rolls back', async () => {
    let runs = 0;
    consume('refused', async ({ complete }) => {
      runs += 1;
      await database.unitOfWork.write(context, async (write) => {
        await complete(write);
        return { ok: false as const, refusal: { code: 'NO', message: '', remedy: '' } };
      });
    });
    await enqueue('refused');
    expect(await ended('refused')).toEqual([{ state: 'done', attempts: 1, last_error: null }]);
    expect(runs).toBe(1);
  });

  it('is retried, then dead, and tells its owner once in the same transaction', async () => {
    const told: string[] = [];
    consume('failing', () => Promise.reject(new Fault({ room: 'test', code: 'TEST_FAILED', message: '', retryable: true })), {
      attemptsMax: 3,
      onDead: async (job, _error, write) => {
        const [row] = await write.manager.query<Row[]>(`select state from job where id = $1`, [job.id]);
        told.push(`${job.attempt} ${row?.state}`);
      },
    });
    await enqueue('failing');
    expect(await ended('failing', 'dead')).toEqual([{ state: 'dead', attempts: 3, last_error: 'TEST_FAILED' }]);
    expect(told).toEqual(['3 dead']);
  });

  it('is not dead when its owner could not be told', async () => {
    let tries = 0;
    consume('untold', () => Promise.reject(new Error('no')), {
      attemptsMax: 1,
      leaseMs: 300,
      onDead: async () => {
        tries += 1;
        if (tries === 1) throw new Error('not now');
      },
    });
    await enqueue('untold');
    await ended('untold', 'dead');
    expect(tries).toBe(2);
  });

  it('does not try again what a Fault calls hopeless', async () => {
    consume('hopeless', () => Promise.reject(new Fault({ room: 'test', code: 'TEST_BROKEN', message: '' })));
    await enqueue('hopeless');
    expect(await ended('hopeless', 'dead')).toEqual([{ state: 'dead', attempts: 1, last_error: 'TEST_BROKEN' }]);
  });

  it('that kills its workers is dead after its attempts', async () => {
    await database.asAdmin(
      `insert into job (tenant, kind, key, payload, state, attempts, lease_token, lease_until)
       values ($1, 'poison', 'k', '{}', 'running', 5, gen_random_uuid(), now() - interval '1 second')`,
      [context.tenant],
    );
    let runs = 0;
    consume('poison', async () => void (runs += 1));
    await ended('poison', 'dead');
    expect(runs).toBe(0);
  });

  it('fences a worker that lost its lease: it neither completes nor buries', async () => {
    let dead = 0;
    const over = deferred();
    consume(
      'fenced',
      ({ signal }) => new Promise((_, fail) => signal.addEventListener('abort', () => (over.resolve(), fail(signal.reason as Error)))),
      {
        attemptsMax: 1,
        leaseMs: 600,
        onDead: async () => void (dead += 1),
      },
    );
    await enqueue('fenced');
    await until(
      () => rows('fenced'),
      ([row]) => row?.state === 'running',
    );
    await database.asAdmin(`update job set lease_token = gen_random_uuid(), lease_until = now() + interval '1 hour' where kind = 'fenced'`);
    await over.promise;
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    expect((await rows('fenced'))[0]?.state).toBe('running');
    expect(dead).toBe(0);
  });

  it('goes on within seconds after kill -9 of its worker', async () => {
    const child = fork(join(__dirname, 'consumer.cjs'), [], { env: { ...process.env, DATABASE_URL: database.appUrl } });
    await enqueue('slow');
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killedAt = performance.now();
    consume('slow', async () => undefined);
    expect(await ended('slow')).toEqual([{ state: 'done', attempts: 2, last_error: null }]);
    expect(performance.now() - killedAt).toBeLessThan(8_000);
  }, 30_000);

  it('is given back by a worker that stops', async () => {
    const started = deferred();
    consume(
      'stopping',
      ({ signal }) => new Promise((_, fail) => (signal.addEventListener('abort', () => fail(signal.reason as Error)), started.resolve())),
    );
    await enqueue('stopping');
    await started.promise;
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    expect(await rows('stopping')).toEqual([{ state: 'queued', attempts: 0, last_error: null }]);
  });

  it('is swept when it is old, and cannot be deleted by the app', async () => {
    await database.asAdmin(
      `insert into job (tenant, kind, key, payload, state, ended_at)
       values ($1, 'old', 'a', '{}', 'done', now() - interval '2 days'), ($1, 'old', 'b', '{}', 'done', now()), ($1, 'old', 'c', '{}', 'dead', now() - interval '2 days')`,
      [context.tenant],
    );
    await database.dataSource.query(`select sweep_jobs()`);
    expect(await database.asAdmin(`select key from job where kind = 'old' order by key`)).toEqual([{ key: 'b' }, { key: 'c' }]);
    await expect(database.dataSource.query(`delete from job`)).rejects.toThrow('permission denied');
  });
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
