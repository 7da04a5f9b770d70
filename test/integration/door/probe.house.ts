import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemonstrationService } from '@imprimatur/domain/identity';
import { type Context, Fault, newId, ok, refuse } from '@imprimatur/kernel';
import { type Config, loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule } from '@imprimatur/platform/database';
import { createLogger } from '@imprimatur/platform/telemetry';
import { Controller, Get, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Args, Mutation, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Writable } from 'node:stream';
import { NOUNS } from '../../../apps/api/src/api.module';
import { DoorModule } from '../../../apps/api/src/door/door.module';
import { installDoor } from '../../../apps/api/src/door/door.setup';
import { answerOf, Caller, Can, type Look, MutationRunner, payloadOf, Public } from '../../../apps/api/src/door';
import { ProcessModule } from '../../../apps/api/src/process.module';
import { ShellModule } from '../../../apps/api/src/shell/shell.module';
import { createTestDatabase, type TestDatabase } from '../../support/database';

const OWN_NOUNS = ['ViewerModule', 'TenantModule', 'MemberModule', 'ApiKeyModule'];
const api = join(__dirname, '../../../apps/api/src');

export const executed: string[] = [];

/** A noun that is only good for being attacked; it notes every field that was really executed. */
@Resolver('Probe')
class ProbeResolver {
  constructor(private readonly mutations: MutationRunner) {}

  @Query('probe')
  probe(): object {
    executed.push('probe');
    return { name: 'p' };
  }

  @Query('secretProbe')
  secretProbe(): object {
    executed.push('secretProbe');
    return { name: 'secret' };
  }

  @ResolveField('child')
  child(): object {
    executed.push('child');
    return { name: 'c' };
  }

  @ResolveField('children')
  children(@Args('first') first: number): object[] {
    executed.push('children');
    return Array.from({ length: first }, () => ({ name: 'c' }));
  }

  @ResolveField('fails')
  fails(@Args('how') how: string): string {
    if (how === 'bug') throw new Error('password=hunter2 in select * from member');
    if (how === 'full') throw Object.assign(new Error('sorry, too many clients already'), { code: '53300' });
    throw new Fault({ room: 'probe', code: 'PROBE_BROKEN', message: 'the probe sk-123 broke', cause: new Error('root cause') });
  }

  @Mutation('poke')
  async poke(@Caller() context: Context, @Args('input') input: { idempotencyKey: string; refuse: boolean }): Promise<object> {
    executed.push('poke');
    const result = await this.mutations.run(context, 'poke', input, async () =>
      input.refuse ? refuse({ code: 'POKE_REFUSED', message: 'Not now.', remedy: 'Poke later.' }) : ok(newId('request')),
    );
    return payloadOf(result, 'PokeSuccess', (id) => ({ id }));
  }

  @Subscription('probed', { resolve: (value: object) => value })
  async *probed(@Args('times') times: number): AsyncGenerator<Look> {
    executed.push('probed');
    for (let at = 0; at < times; at += 1) yield async () => [{ name: `p${at}` }];
  }

  @Subscription('openlyProbed', { resolve: (value: object) => value })
  async *openlyProbed(): AsyncGenerator<Look> {
    executed.push('openlyProbed');
    yield async () => [{ name: 'open' }];
  }
}

@Controller('probe')
class ProbeController {
  @Get('decided')
  @Can('decide', 'ReviewTask')
  decided(@Caller() context: Context): object {
    return { roles: context.actor.roles };
  }

  @Get('refused')
  @Can('read', 'Viewer')
  refused(): never {
    return answerOf(refuse({ code: 'POKE_REFUSED', message: 'Not now.', remedy: 'Poke later.' }));
  }

  @Get('broken')
  @Public()
  broken(): never {
    throw new Error('password=hunter2');
  }
}

@Module({ providers: [ProbeResolver], controllers: [ProbeController] })
class ProbeModule {}

export interface ProbeHouse {
  readonly url: string;
  readonly app: NestExpressApplication;
  readonly database: TestDatabase;
  readonly home: string;
  /** Every line of the log so far. */
  readonly log: string[];
  signIn(person: string): Promise<string>;
  graphql(query: string, options?: { token?: string; variables?: object; headers?: Record<string, string> }): Promise<GraphqlAnswer>;
  close(): Promise<void>;
}

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
  };
}

/** The real door, identity and shell with one probing noun behind it. */
export async function openProbeHouse(settings: Readonly<Record<string, string>> = {}, more: readonly Type[] = []): Promise<ProbeHouse> {
  const database = await createTestDatabase();
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-door-'));
  const config: Config = loadConfig({ DATABASE_URL: database.appUrl, IMPRIMATUR_HOME: home, PORT: '0', LOG_LEVEL: 'info', ...settings });
  process.env.IMPRIMATUR_HOME = home; // where rooms that read the configuration by themselves keep their keys
  const log: string[] = [];
  const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => (log.push(chunk.toString()), done()) });
  const logger = createLogger(config, 'probe', sink);
  const folders = ['door', 'viewer', 'tenant', 'member', 'api-key'].map((folder) => join(api, folder, '*.graphql'));
  @Module({
    imports: [
      ProcessModule.forRoot(config, logger),
      DatabaseModule.forRoot(config, 'probe'),
      DoorModule.forRoot([...folders, join(__dirname, 'probe.graphql')]),
      ShellModule,
      ProbeModule,
      ...more,
      ...NOUNS.filter(({ name }) => OWN_NOUNS.includes(name)),
    ],
  })
  class House {}
  const app = await NestFactory.create<NestExpressApplication>(House, { logger: false, abortOnError: false, bodyParser: false });
  installDoor(app);
  try {
    await app.init();
  } catch (error) {
    await app.close();
    await database.close();
    throw error;
  }
  await app.get(DemonstrationService, { strict: false }).bootstrap(async () => undefined);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    url,
    app,
    database,
    home,
    log,
    signIn: async (person) => {
      const answer = await post(`${url}/auth/development`, { person });
      return ((await answer.json()) as { accessToken: string }).accessToken;
    },
    graphql: async (query, { token, variables = {}, headers = {} } = {}) => {
      const answer = await post(
        `${url}/graphql`,
        { query, variables },
        { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      );
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as GraphqlAnswer['body'] };
    },
    close: async () => {
      await app.close();
      await database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
}
