import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from './database';

const root = join(__dirname, '../..');
const READY_TIMEOUT_MS = 60_000;

export interface Refused {
  readonly __typename: 'Refused';
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** One signed-in person: the public API and nothing else. */
export class Person {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  headers(extra: Record<string, string> = {}): Record<string, string> {
    // no connection is kept: while a test runs a command, the service may close it, and nobody would notice
    return { authorization: `Bearer ${this.token}`, connection: 'close', ...extra };
  }

  /** Throws on GraphQL errors; refusals are data. */
  async graphql<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const answer = await this.post(query, variables);
    if (answer.body.errors) throw new Error(JSON.stringify(answer.body.errors));
    return answer.body.data as T;
  }

  async post(
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<{ status: number; body: { data?: unknown; errors?: { message: string; extensions?: Record<string, unknown> }[] } }> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: this.headers({ 'content-type': 'application/json' }),
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, body: (await response.json()) as { data?: unknown } };
  }

  async upload(
    bytes: Uint8Array,
    name = 'picture',
    fields: Record<string, string> = {},
    key = randomBytes(12).toString('hex'),
  ): Promise<{ status: number; body: Record<string, never> & { asset?: { id: string } } }> {
    const form = new FormData();
    form.set('name', name);
    form.set('rights', 'OWNED');
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    form.set('file', new Blob([new Uint8Array(bytes)]), name);
    const response = await fetch(`${this.url}/assets`, { method: 'POST', headers: this.headers({ 'idempotency-key': key }), body: form });
    return { status: response.status, body: (await response.json()) as never };
  }

  async get(path: string): Promise<Response> {
    return fetch(new URL(path, this.url), { headers: this.headers() });
  }
}

type App = 'api' | 'worker';

/** A real api and worker, from dist, on a database and a home of their own. */
export class TestService {
  private readonly children = new Map<App, ChildProcess>();
  private readonly others: ChildProcess[] = [];
  private readonly said: string[] = [];
  url = '';

  private constructor(
    readonly database: TestDatabase,
    readonly home: string,
    private readonly env: Record<string, string>,
  ) {}

  static async start(options: { env?: Record<string, string>; worker?: boolean } = {}): Promise<TestService> {
    const service = new TestService(await createTestDatabase(), mkdtempSync(join(tmpdir(), 'imprimatur-e2e-')), options.env ?? {});
    try {
      await service.startApp('api');
      if (options.worker !== false) await service.startApp('worker');
      return service;
    } catch (error) {
      await service.close(); // a child that is left would keep the run from ending
      throw error;
    }
  }

  async startApp(app: App, env: Record<string, string> = {}): Promise<void> {
    const { child, ready } = this.spawn(app, env);
    this.children.set(app, child);
    const url = await ready;
    if (url) this.url = url;
  }

  /** One more api on the same database; answers where it is. */
  async startAnotherApi(): Promise<string> {
    const { child, ready } = this.spawn('api', {});
    this.others.push(child);
    const url = await ready;
    if (!url) throw new Error('an api says where it is');
    return url;
  }

  private spawn(app: App, env: Record<string, string>): { child: ChildProcess; ready: Promise<string | undefined> } {
    const child = fork(join(root, `dist/apps/${app}/src/main.js`), [], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        IMPRIMATUR_MODE: 'development',
        IMPRIMATUR_HOME: this.home,
        HOST: '127.0.0.1',
        PORT: '0',
        LOG_LEVEL: 'warn',
        DATABASE_URL: this.database.appUrl,
        DATABASE_SEQUENCER_URL: this.database.sequencerUrl,
        ...this.env,
        ...env,
      },
    });
    child.stdout?.on('data', (chunk: Buffer) => this.said.push(chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => this.said.push(chunk.toString()));
    const ready = new Promise<string | undefined>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${app} was not ready in time:\n${this.said.join('')}`)), READY_TIMEOUT_MS);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`${app} ended with ${code ?? signal} before it was ready:\n${this.said.join('')}`));
      });
      child.on('message', (message: { type?: string; url?: string }) => {
        if (message.type !== 'ready') return;
        clearTimeout(timer);
        resolve(message.url);
      });
    });
    return { child, ready };
  }

  /** Kills at once, as a power cut would, unless told to stop in good order. */
  async stopApp(app: App, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.children.get(app);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** A killed worker's jobs are free at once, as they would be some seconds later: how long a lease lasts is tested with the jobs. */
  async leasesRunOut(): Promise<void> {
    await this.database.asAdmin(`update job set lease_until = now() - interval '1 second' where state = 'running'`);
  }

  /** Resolves when the app ends by itself, as one does that was told to crash. */
  async ended(app: App): Promise<void> {
    const child = this.children.get(app);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }

  /** What api and worker wrote to their logs. */
  log(): string {
    return this.said.join('');
  }

  async signIn(person: string): Promise<Person> {
    const response = await fetch(`${this.url}/auth/development`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person }),
    });
    if (!response.ok) throw new Error(`sign-in as ${person}: ${response.status} ${await response.text()}`);
    return new Person(this.url, ((await response.json()) as { accessToken: string }).accessToken);
  }

  async close(): Promise<void> {
    await this.stopApp('worker', 'SIGTERM');
    await this.stopApp('api', 'SIGTERM');
    for (const child of this.others) child.kill('SIGKILL');
    await this.database.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Asks until `done`, for as long as a slow machine may need. */
export async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean, timeoutMs = 60_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(answer)} after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
