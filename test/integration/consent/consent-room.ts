import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsentModule, ConsentService, type MatchQuestion, type NewConsent } from '@imprimatur/domain/consent';
import { type Context, newId, type Result, type Role, type TenantId } from '@imprimatur/kernel';
import { loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule, type ReadContext, UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createTestDatabase, type TestDatabase } from '../../support/database';

/** One entry of the ledger as it was hashed. */
export interface LedgerEntry {
  readonly type: string;
  readonly about: readonly { readonly kind: string; readonly id: string }[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly parts: Readonly<Record<string, string>>;
}

/** The registry as it is wired in api and worker, on a database of its own. */
export interface ConsentRoom {
  readonly database: TestDatabase;
  readonly consents: ConsentService;
  newTenant(): Promise<TenantId>;
  write<T>(who: Context, work: (write: WriteContext) => Promise<T>): Promise<T>;
  read<T>(who: Context, work: (read: ReadContext) => Promise<T>): Promise<T>;
  entries(tenant: TenantId): Promise<LedgerEntry[]>;
  close(): Promise<void>;
}

export async function openConsentRoom(): Promise<ConsentRoom> {
  const database = await createTestDatabase();
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-consent-'));
  const config = loadConfig({ DATABASE_URL: database.appUrl, DATABASE_POOL_MAX: '10', IMPRIMATUR_HOME: home });
  // the ledger's module reads where the tenants' master key lies by itself
  process.env.IMPRIMATUR_HOME = home;
  @Module({ imports: [DatabaseModule.forRoot(config, 'test'), ConsentModule] })
  class House {}

  const app = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
  const unitOfWork = app.get(UnitOfWork);
  return {
    database,
    consents: app.get(ConsentService),
    newTenant: async () => {
      const tenant = newId('tenant');
      await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [tenant]);
      return tenant;
    },
    write: (who, work) => unitOfWork.write(who, work),
    read: (who, work) => unitOfWork.read(who, work),
    entries: async (tenant) => {
      const rows = await database.asAdmin<{ bytes: Buffer }>(`select bytes from ledger_entry where tenant = $1 order by position`, [
        tenant,
      ]);
      return rows.map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as LedgerEntry);
    },
    close: async () => {
      await app.close();
      await database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export function person(tenant: TenantId, ...roles: Role[]): Context {
  return { tenant, actor: { kind: 'person', subject: newId('subject'), ref: newId('subject'), roles }, requestId: 'test' };
}

/** A consent to the face in the middle of a picture that nobody has seen before. */
export function form(changed: Partial<NewConsent> = {}): NewConsent {
  return {
    asset: newId('asset'),
    version: newId('version'),
    picture: { sha256: randomBytes(32), pixelSha256: randomBytes(32), fingerprint: randomBytes(32).toString('hex') },
    face: { left: 400, top: 300, width: 200, height: 200 },
    person: 'Ada Example',
    ageBand: 'adult',
    method: 'signed-form',
    notice: { text: 'You will be shown on our web site.', language: 'en' },
    scope: { useCases: ['marketing'], kindsOfChange: ['retouch'], channels: ['web'], territories: ['DE'] },
    validUntil: null,
    ...changed,
  };
}

/** What the consent was given for, about the same picture. */
export function questionOf(given: NewConsent, changed: Partial<MatchQuestion> = {}): MatchQuestion {
  return {
    ...given.picture,
    faces: [given.face],
    useCase: 'marketing',
    channel: 'web',
    territory: 'DE',
    kindsOfChange: ['retouch'],
    provider: null,
    training: false,
    now: new Date(),
    ...changed,
  };
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

export function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.refusal.code;
}
