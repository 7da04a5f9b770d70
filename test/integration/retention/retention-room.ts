import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Asset, AssetService, BlobVault, type Version } from '@imprimatur/domain/assets';
import { ConsentService } from '@imprimatur/domain/consent';
import { EditingService } from '@imprimatur/domain/editing';
import { ExportService } from '@imprimatur/domain/exports';
import { LedgerReader, Sealing, Sequencer } from '@imprimatur/domain/ledger';
import { LocalLogSigner } from '@imprimatur/domain/log-signer';
import { ScreeningService } from '@imprimatur/domain/moderation';
import { ErasureService, HoldService, RetentionService } from '@imprimatur/domain/retention';
import { ReviewService } from '@imprimatur/domain/review';
import { ErasureFlow, ErasureFlowModule, ErasureWork, HoldFlow, RetentionSweep } from '@imprimatur/flows/erasure';
import {
  type Context,
  type ErasureId,
  newId,
  type Result,
  type Role,
  type SubjectId,
  systemContext,
  type TenantId,
} from '@imprimatur/kernel';
import { BLOB_STORE, BlobsModule, type BlobStore } from '@imprimatur/platform/blobs';
import { loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule, type ReadContext, UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createTestDatabase, type TestDatabase } from '../../support/database';

export type Person = Context & { readonly actor: { readonly subject: SubjectId } };

/** Every noun that an erasure reaches, wired as in the worker, on a database and a folder of their own. */
export class RetentionRoom {
  readonly assets: AssetService;
  readonly vault: BlobVault;
  readonly consents: ConsentService;
  readonly editing: EditingService;
  readonly exports: ExportService;
  readonly reviews: ReviewService;
  readonly screenings: ScreeningService;
  readonly reader: LedgerReader;
  readonly sealing: Sealing;
  readonly store: BlobStore;
  readonly holds: HoldService;
  readonly rules: RetentionService;
  readonly erasures: ErasureService;
  readonly holdFlow: HoldFlow;
  readonly erasure: ErasureFlow;
  readonly work: ErasureWork;
  readonly sweep: RetentionSweep;
  readonly faults: unknown[] = [];
  private readonly unitOfWork: UnitOfWork;
  private sequencer: Sequencer | null = null;

  private constructor(
    readonly database: TestDatabase,
    readonly home: string,
    private readonly app: INestApplicationContext,
  ) {
    const get = <T>(token: abstract new (...args: never[]) => T): T => app.get(token as never, { strict: false });
    this.assets = get(AssetService);
    this.vault = get(BlobVault);
    this.consents = get(ConsentService);
    this.editing = get(EditingService);
    this.exports = get(ExportService);
    this.reviews = get(ReviewService);
    this.screenings = get(ScreeningService);
    this.reader = get(LedgerReader);
    this.sealing = get(Sealing);
    this.store = app.get<BlobStore>(BLOB_STORE);
    this.holds = get(HoldService);
    this.rules = get(RetentionService);
    this.erasures = get(ErasureService);
    this.holdFlow = get(HoldFlow);
    this.erasure = get(ErasureFlow);
    this.work = get(ErasureWork);
    this.sweep = get(RetentionSweep);
    this.unitOfWork = get(UnitOfWork);
  }

  static async open(): Promise<RetentionRoom> {
    const database = await createTestDatabase();
    const home = mkdtempSync(join(tmpdir(), 'imprimatur-retention-'));
    const config = loadConfig({ DATABASE_URL: database.appUrl, DATABASE_POOL_MAX: '20', IMPRIMATUR_HOME: home });
    // the ledger's module reads where the tenants' master key lies by itself
    process.env.IMPRIMATUR_HOME = home;
    @Module({ imports: [DatabaseModule.forRoot(config, 'test'), BlobsModule.forRoot(config), ErasureFlowModule] })
    class House {}

    return new RetentionRoom(database, home, await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false }));
  }

  async newTenant(): Promise<TenantId> {
    const tenant = newId('tenant');
    await this.database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [tenant]);
    return tenant;
  }

  async person(tenant: TenantId, ...roles: Role[]): Promise<Person> {
    const [subject, ref] = [newId('subject'), newId('subject')];
    await this.database.asAdmin(
      `insert into subject (tenant, id, kind, ref, display_name, created_at) values ($1, $2, 'person', $3, 'A name', now())`,
      [tenant, subject, ref],
    );
    return { tenant, actor: { kind: 'person', subject, ref, roles }, requestId: 'test' };
  }

  write<T>(who: Context, work: (write: WriteContext) => Promise<T>): Promise<T> {
    return this.unitOfWork.write(who, work);
  }

  read<T>(who: Context, work: (read: ReadContext) => Promise<T>): Promise<T> {
    return this.unitOfWork.read(who, work);
  }

  system(tenant: TenantId): Context {
    return systemContext(tenant, 'test');
  }

  async upload(who: Context, bytes: Uint8Array = randomBytes(600)): Promise<{ asset: Asset; version: Version; bytes: Uint8Array }> {
    const facts = { format: 'jpeg', width: 400, height: 300, rights: { creator: 'Somebody' } };
    const wish = { bytes, name: 'holiday.jpg', facts, rights: { declared: 'owned' as const }, c2pa: { manifest: { urn: 'x' } } };
    return { ...valueOf(await this.write(who, (write) => this.assets.upload(write, wish))), bytes };
  }

  /** The engines' answer, as if they had looked. */
  async screen(tenant: TenantId, version: Version, seen: { pixels?: Uint8Array; fingerprint?: string } = {}): Promise<void> {
    const face = { left: 100, top: 100, width: 200, height: 300, score: 990 };
    const result = {
      faces: [face],
      scores: { sexual_explicit: 0, sexual_suggestive: 0 },
      raw: {},
      fingerprint: seen.fingerprint ?? randomBytes(32).toString('hex'),
      pixelSha256: seen.pixels ?? randomBytes(32),
      engines: { faces: 'test' },
    };
    await this.write(this.system(tenant), (write) => this.screenings.record(write, version.id, result));
  }

  /** A consent to be shown in the picture, bound to it as the flow does. */
  async consent(legal: Context, version: Version): Promise<SubjectId> {
    const scope = { useCases: ['marketing'], kindsOfChange: ['retouch'], channels: ['web'], territories: ['*'] };
    return this.write(legal, async (write) => {
      const [screening] = await this.screenings.ofVersions(write, [version.id]);
      const record = valueOf(
        await this.consents.register(write, {
          person: 'Maria Example',
          ageBand: 'adult',
          method: 'signed-form',
          notice: { text: 'Maria, your portrait may be retouched.', language: 'en' },
          scope,
          validUntil: null,
          asset: version.asset,
          version: version.id,
          picture: {
            sha256: version.sha256 ?? new Uint8Array(32),
            pixelSha256: screening?.result?.pixelSha256 ?? null,
            fingerprint: screening?.result?.fingerprint ?? null,
          },
          face: { left: 100, top: 100, width: 200, height: 300 },
        }),
      );
      await this.assets.bindSubjects(write, version.id, [record.subject]);
      return record.subject;
    });
  }

  async derive(tenant: TenantId, parent: Version, bytes: Uint8Array = randomBytes(500)): Promise<Version> {
    return valueOf(
      await this.write(this.system(tenant), async (write) => {
        const blob = await this.assets.storeBlob(write, bytes, { format: 'png', subjects: [], madeFrom: parent.blob });
        const made = { width: 40, height: 30, format: 'png', origin: 'turn' as const, item: null, operations: ['retouch Maria'] };
        return this.assets.addVersion(write, { ...made, asset: parent.asset, parent: parent.id, blob: blob.id });
      }),
    );
  }

  async planDigest(legal: Context, subject: SubjectId): Promise<Uint8Array> {
    return valueOf(await this.read(legal, (read) => this.erasure.plan(read, subject))).digest;
  }

  /** Asks for the plan, and agrees to it. */
  async erase(legal: Context, subject: SubjectId): Promise<ErasureId> {
    const planDigest = await this.planDigest(legal, subject);
    return valueOf(await this.write(legal, (write) => this.erasure.erase(write, { subject, planDigest, reason: 'asked for by letter' })));
  }

  /** What the worker does. */
  async carryOut(tenant: TenantId, id: ErasureId): Promise<void> {
    await this.work.carryOut(this.system(tenant), id, { signal: new AbortController().signal, complete: () => Promise.resolve() });
  }

  async startSequencer(): Promise<void> {
    this.sequencer = new Sequencer({
      url: this.database.sequencerUrl,
      signer: new LocalLogSigner(join(this.home, 'signer'), join(this.home, 'trust', 'logs.vkey')),
      logName: 'imprimatur.test',
      report: (error) => this.faults.push(error),
    });
    await this.sequencer.start();
  }

  /** Resolves once everything that was written is under a signed checkpoint. */
  async signed(tenant: TenantId): Promise<void> {
    const context = this.system(tenant);
    const [row] = await this.database.asAdmin<{ count: number }>(`select count(*)::int as count from ledger_entry where tenant = $1`, [
      tenant,
    ]);
    for (let waited = 0; waited < 20_000; waited += 20) {
      const log = await this.read(context, (read) => this.reader.log(read));
      if ((log?.checkpoint?.size ?? 0) >= (row?.count ?? 0)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`never signed: ${this.faults.map(String).join()}`);
  }

  async types(tenant: TenantId, about?: string): Promise<readonly string[]> {
    const rows = await this.database.asAdmin<{ type: string }>(
      `select distinct e.type, e.position from ledger_entry e left join ledger_about a on a.tenant = e.tenant and a.entry = e.id
        where e.tenant = $1 and ($2::uuid is null or a.about = $2) order by e.position`,
      [tenant, about ?? null],
    );
    return rows.map(({ type }) => type);
  }

  async close(): Promise<void> {
    await this.sequencer?.stop();
    await this.app.close();
    await this.database.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Where in the whole database any of `digests` stands: as bytes, in hex or in base64, in any column that can hold them. */
export async function traces(database: TestDatabase, digests: readonly Uint8Array[]): Promise<readonly string[]> {
  const columns = await database.asAdmin<{ name: string; column: string; type: string }>(
    `select c.relname as name, a.attname as column, t.typname as type
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
        and t.typname in ('text', 'varchar', 'bytea', 'json', 'jsonb', '_text', '_bytea')`,
  );
  // one statement for all columns: hundreds of connections took longer than everything else that is tested
  const looks = columns.map(({ name, column, type }) => {
    const raw = type === 'bytea' ? `exists (select 1 from unnest($1::bytea[]) b where position(b in "${column}") > 0) or ` : '';
    const text = type === 'bytea' ? `encode("${column}", 'escape')` : `"${column}"::text`;
    const hit = `${raw}exists (select 1 from unnest($2::text[]) w where strpos(${text}, w) > 0)`;
    return `select '${name}.${column}' as place where exists (select 1 from "${name}" where ${hit})`;
  });
  const bytes = digests.map((digest) => Buffer.from(digest));
  const words = bytes.flatMap((each) => [each.toString('hex'), each.toString('base64').replace(/=+$/, ''), each.toString('base64url')]);
  const found = await database.asAdmin<{ place: string }>(looks.join(' union all '), [bytes, words]);
  return found.map(({ place }) => place);
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

export function codeOf(result: Result<unknown>): string {
  if (result.ok) throw new Error(`not refused: ${JSON.stringify(result.value)}`);
  return result.refusal.code;
}
