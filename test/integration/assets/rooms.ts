import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssetModule, AssetService, BlobVault, type Upload } from '@imprimatur/domain/assets';
import { EditingModule, EditingService } from '@imprimatur/domain/editing';
import { Sealing } from '@imprimatur/domain/ledger';
import { type Context, newId, type Result, type Role, systemContext, type TenantId } from '@imprimatur/kernel';
import { BLOB_STORE, BlobsModule, type BlobStore } from '@imprimatur/platform/blobs';
import { loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule, type ReadContext, UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createTestDatabase, type TestDatabase } from '../../support/database';

/** One entry of the ledger as it was hashed. */
export interface LedgerEntry {
  readonly type: string;
  readonly actor: { readonly kind: string; readonly ref: string };
  readonly about: readonly { readonly kind: string; readonly id: string; readonly seq?: number; readonly prev?: string | null }[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly parts: Readonly<Record<string, string>>;
}

/** Assets and editing as they are wired in api and worker, on a database and a folder of their own. */
export interface Rooms {
  readonly database: TestDatabase;
  readonly home: string;
  readonly assets: AssetService;
  readonly vault: BlobVault;
  readonly editing: EditingService;
  readonly sealing: Sealing;
  readonly store: BlobStore;
  newTenant(): Promise<TenantId>;
  /** A person with a subject of their own. */
  person(tenant: TenantId, ...roles: Role[]): Promise<Context>;
  system(tenant: TenantId): Context;
  write<T>(who: Context, work: (write: WriteContext) => Promise<T>): Promise<T>;
  read<T>(who: Context, work: (read: ReadContext) => Promise<T>): Promise<T>;
  /** Every entry of the tenant, or those about one object, in the order in which they were written. */
  entries(tenant: TenantId, about?: string): Promise<LedgerEntry[]>;
  close(): Promise<void>;
}

export async function openRooms(): Promise<Rooms> {
  const database = await createTestDatabase();
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-rooms-'));
  const config = loadConfig({ DATABASE_URL: database.appUrl, DATABASE_POOL_MAX: '20', IMPRIMATUR_HOME: home });
  // the ledger's module reads where the tenants' master key lies by itself
  process.env.IMPRIMATUR_HOME = home;
  @Module({ imports: [DatabaseModule.forRoot(config, 'test'), BlobsModule.forRoot(config), AssetModule, EditingModule] })
  class House {}

  const app = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
  const unitOfWork = app.get(UnitOfWork);
  return {
    database,
    home,
    assets: app.get(AssetService),
    vault: app.get(BlobVault),
    editing: app.get(EditingService),
    sealing: app.get(Sealing, { strict: false }),
    store: app.get<BlobStore>(BLOB_STORE),
    newTenant: async () => {
      const tenant = newId('tenant');
      await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [tenant]);
      return tenant;
    },
    person: async (tenant, ...roles) => {
      const [subject, ref] = [newId('subject'), newId('subject')];
      await database.asAdmin(`insert into subject (tenant, id, kind, ref, created_at) values ($1, $2, 'person', $3, now())`, [
        tenant,
        subject,
        ref,
      ]);
      return { tenant, actor: { kind: 'person', subject, ref, roles }, requestId: 'test' };
    },
    system: (tenant) => systemContext(tenant, 'test'),
    write: (who, work) => unitOfWork.write(who, work),
    read: (who, work) => unitOfWork.read(who, work),
    entries: async (tenant, about) => {
      const rows = await database.asAdmin<{ bytes: Buffer }>(`select bytes from ledger_entry where tenant = $1 order by position`, [
        tenant,
      ]);
      const entries = rows.map(({ bytes }) => JSON.parse(bytes.toString('utf8')) as LedgerEntry);
      return about === undefined ? entries : entries.filter((entry) => entry.about.some(({ id }) => id === about));
    },
    close: async () => {
      await app.close();
      await database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

export function codeOf(result: Result<unknown>): string {
  if (result.ok) throw new Error(`not refused: ${JSON.stringify(result.value)}`);
  return result.refusal.code;
}

/** What the door hands over of a picture; its bytes are opaque to these rooms. */
export function upload(bytes: Uint8Array, changed: Partial<Upload> = {}): Upload {
  const facts = { format: 'jpeg', width: 400, height: 300, orientation: 1, rights: { creator: 'somebody', credit: undefined } };
  return {
    bytes,
    name: 'portrait.jpg',
    facts,
    rights: { declared: 'owned' },
    c2pa: null,
    ...changed,
  };
}
