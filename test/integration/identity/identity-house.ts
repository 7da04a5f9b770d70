import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DemonstrationService,
  DEVELOPMENT_ISSUER,
  IdentityModule,
  IdentityService,
  MemberService,
  PEOPLE_CONFIG,
} from '@imprimatur/domain/identity';
import { type Entry, parseEntry } from '@imprimatur/formats/ledger';
import { type Context, type Result, type Role, type SubjectId } from '@imprimatur/kernel';
import { type Config, loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule, UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createTestDatabase, type TestDatabase } from '../../support/database';

export type Person = Context & { readonly subject: SubjectId };
type Changeable = { grantCoolingMinutes: number; webauthn: Config['webauthn'] };

/** The room of identity on a database of its own, with the demonstration's people. */
export class IdentityHouse {
  private constructor(
    readonly database: TestDatabase,
    private readonly app: INestApplicationContext,
    private readonly home: string,
  ) {}

  static async open(): Promise<IdentityHouse> {
    const home = mkdtempSync(join(tmpdir(), 'imprimatur-identity-'));
    process.env.IMPRIMATUR_HOME = home;
    const database = await createTestDatabase();
    @Module({ imports: [DatabaseModule.forRoot(loadConfig({ DATABASE_URL: database.appUrl }), 'test'), IdentityModule] })
    class House {}
    const app = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
    await app.get(DemonstrationService).bootstrap(async () => undefined);
    return new IdentityHouse(database, app, home);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.database.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  get<T>(type: Type<T>): T {
    return this.app.get(type);
  }

  /** What the services were configured with; changes count at once. */
  get config(): Changeable {
    return this.app.get<Changeable>(PEOPLE_CONFIG);
  }

  write<T>(as: Context, work: (write: WriteContext) => Promise<T>): Promise<T> {
    return this.app.get(UnitOfWork).write(as, work);
  }

  async as(sub: string, issuer: string = DEVELOPMENT_ISSUER): Promise<Person> {
    const [principal] = await this.app.get(IdentityService).principalsOf({ issuer, sub });
    if (!principal?.actor.subject) throw new Error(`no ${sub}`);
    return { tenant: principal.tenant, actor: principal.actor, requestId: 'test', subject: principal.actor.subject };
  }

  /** A member by an administrator's hand, with what of `roles` that hand alone could give. */
  async member(by: Context, sub: string, roles: readonly Role[]): Promise<Person> {
    const wish = { displayName: sub, kind: 'person' as const, identity: { issuer: DEVELOPMENT_ISSUER, sub }, roles };
    valueOf(await this.write(by, (write) => this.app.get(MemberService).add(write, wish)));
    return this.as(sub);
  }

  /** The newest entry of a type. */
  async entry(type: string): Promise<Entry> {
    const [row] = await this.database.asAdmin<{ bytes: Buffer }>(
      `select bytes from ledger_entry where type = $1 order by position desc limit 1`,
      [type],
    );
    const parsed = parseEntry(row?.bytes ?? new Uint8Array(0));
    if (parsed.status !== 'entry') throw new Error(`no entry ${type}`);
    return parsed.entry;
  }
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}

export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);
