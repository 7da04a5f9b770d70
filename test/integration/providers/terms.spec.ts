import {
  CAPACITY,
  type EditOutcome,
  type EditRequest,
  type NewTerms,
  type Provider,
  Providers,
  PROVIDERS,
  ProvidersModule,
  VendorTermsService,
} from '@imprimatur/domain/providers';
import { AssetModule } from '@imprimatur/domain/assets';
import { EditingModule, type TurnItem } from '@imprimatur/domain/editing';
import { IdentityModule } from '@imprimatur/domain/identity';
import { ModerationModule } from '@imprimatur/domain/moderation';
import { PoliciesModule } from '@imprimatur/domain/policies';
import { ReviewModule } from '@imprimatur/domain/review';
import { TrainingModule } from '@imprimatur/domain/training';
import { type Context, newId, type Result } from '@imprimatur/kernel';
import { BlobsModule } from '@imprimatur/platform/blobs';
import { loadConfig } from '@imprimatur/platform/config';
import { DatabaseModule } from '@imprimatur/platform/database';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AskerReader } from '../../../libs/flows/gates/src/asker.reader';
import { ConversationReader } from '../../../libs/flows/gates/src/conversation';
import { HandsReader } from '../../../libs/flows/gates/src/hands';
import { DossierReader } from '../../../libs/flows/gates/src/item.dossier';
import { RenderingStep } from '../../../libs/flows/gates/src/rendering.step';
import { openRooms, type Rooms, valueOf } from '../assets/rooms';
import { Turns } from '../editing/turns';

/** A vendor's model as far as this service sees it: what it is asked, and what it answers. */
class Vendor implements Provider {
  readonly version = '1';
  readonly kind = 'generative';
  readonly honoursMasks = false;
  readonly isRemote = true;
  asked = 0;
  answer: 'full' | 'edited' | 'refused' = 'edited';
  model = 'image-2';

  constructor(
    readonly name: string,
    readonly defaultModel = 'image-2',
  ) {}

  requestSha256(): string {
    return 'ab'.repeat(32);
  }

  async edit({ picture }: EditRequest): Promise<EditOutcome> {
    this.asked += 1;
    const provider = { name: this.name, apiVersion: '1', requestedModel: this.defaultModel, modelVersion: this.model, responseId: null };
    const shared = { text: null, safety: [], usage: {}, attempts: [], provider, requestSha256: this.requestSha256() };
    const response = { responseSha256: 'cd'.repeat(32), raw: { request: new Uint8Array(), response: null } };
    const image = { bytes: picture, format: 'png' as const, width: 40, height: 30 };
    switch (this.answer) {
      case 'full':
        return { ...shared, ...response, outcome: 'failed', images: [], finish: { code: CAPACITY, message: null }, retryable: true };
      case 'refused':
        return { ...shared, ...response, outcome: 'refused', images: [], finish: { code: 'SAFETY', message: 'No.' }, instead: [] };
      case 'edited':
        return { ...shared, ...response, outcome: 'edited', images: [image], actions: [], finish: { code: 'STOP', message: null } };
    }
  }

  async close(): Promise<void> {}
}

const [first, second] = [new Vendor('vendor-one'), new Vendor('vendor-two')];

let rooms: Rooms;
let app: INestApplicationContext;
let register: VendorTermsService;
let rendering: RenderingStep;
let legal: Context;
let colleague: Context;
let turns: Turns;

beforeAll(async () => {
  rooms = await openRooms();
  const config = loadConfig({ DATABASE_URL: rooms.database.appUrl, IMPRIMATUR_HOME: rooms.home });
  @Module({
    imports: [
      DatabaseModule.forRoot(config, 'test-terms'),
      BlobsModule.forRoot(config),
      ...[AssetModule, EditingModule, IdentityModule, ModerationModule, PoliciesModule, ProvidersModule, ReviewModule, TrainingModule],
    ],
    providers: [
      AskerReader,
      ConversationReader,
      DossierReader,
      HandsReader,
      RenderingStep,
      { provide: PROVIDERS, useValue: new Providers([first, second]) },
    ],
  })
  class House {}
  app = await NestFactory.createApplicationContext(House, { logger: false, abortOnError: false });
  register = app.get(VendorTermsService);
  rendering = app.get(RenderingStep);
});
afterAll(async () => {
  await app.close();
  await rooms.close();
});
beforeEach(async () => {
  const tenant = await rooms.newTenant();
  legal = await rooms.person(tenant, 'legal');
  colleague = await rooms.person(tenant, 'policy-admin');
  turns = new Turns(rooms, await rooms.person(tenant, 'creator'));
  Object.assign(first, { asked: 0, answer: 'edited', model: 'image-2' });
  Object.assign(second, { asked: 0, answer: 'edited', model: 'image-2' });
});

const DAY_MS = 86_400_000;
function wish(more: Partial<NewTerms> = {}): NewTerms {
  return {
    provider: 'vendor-one',
    title: 'Cloud terms',
    documentSha256: new Uint8Array(32).fill(3),
    documentUrl: null,
    tier: 'enterprise',
    models: ['image-2'],
    regions: ['EU'],
    retentionDays: 0,
    indemnifies: true,
    mayTrain: false,
    output: { commercialUse: true, modelTraining: false, attribution: 'Made with One' },
    from: new Date(Date.now() - DAY_MS),
    until: new Date(Date.now() + DAY_MS),
    ...more,
  };
}

const add = (more: Partial<NewTerms> = {}, who = legal) => rooms.write(who, (write) => register.register(write, wish(more)));
const approve = (id: Parameters<VendorTermsService['approve']>[1], who = colleague) =>
  rooms.write(who, (write) => register.approve(write, id));
const end = (id: Parameters<VendorTermsService['end']>[1], who = legal) =>
  rooms.write(who, (write) => register.end(write, id, 'they changed'));
const standing = async (model: string | null = 'image-2', provider = 'vendor-one', who = legal) =>
  (await rooms.read(who, (read) => register.standing(read, provider, model))).standing;
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);
async function agreed(more: Partial<NewTerms> = {}) {
  return valueOf(await approve(valueOf(await add(more)).id));
}

describe('the register of vendors’ terms', () => {
  it('counts what two people agreed to, from the next call on until it ends', async () => {
    expect(await standing()).toBe('missing');
    const { id } = valueOf(await add());
    expect(await standing()).toBe('missing');
    expect(codeOf(await approve(id, legal))).toBe('VENDOR_TERMS_NEED_ANOTHER');
    expect(codeOf(await approve(id))).toBe('ok');
    expect(await standing()).toBe('in-force');
    expect(await standing('image-3')).toBe('model-unknown');
    expect(codeOf(await end(id))).toBe('ok');
    expect(await standing()).toBe('missing');
    expect(codeOf(await end(id))).toBe('VENDOR_TERMS_NOT_OPEN');
    const entries = await rooms.entries(legal.tenant, id);
    expect(entries.map(({ type, parts }) => [type, Object.keys(parts)])).toEqual([
      ['terms.registered', ['terms']],
      ['terms.approved', []],
      ['terms.ended', ['reason']],
    ]);
  });

  it('keeps the two people apart in the database too', async () => {
    const { id } = valueOf(await add());
    const [{ registered_by: by } = { registered_by: null }] = await rooms.database.asAdmin<{ registered_by: string | null }>(
      `select registered_by from vendor_terms where id = $1`,
      [id],
    );
    await expect(
      rooms.database.asAdmin(`update vendor_terms set approved_by = $2, approved_at = now() where id = $1`, [id, by]),
    ).rejects.toThrow('vendor_terms_two_people');
  });

  it('takes the newest agreement of several, and nothing that lies outside its time', async () => {
    await agreed({ models: ['image-2', 'image-3'] });
    expect(await standing('image-3')).toBe('in-force');
    await agreed();
    expect(await standing('image-3')).toBe('model-unknown');
    await agreed({ provider: 'vendor-two', from: new Date(Date.now() + DAY_MS / 2) });
    expect(await standing('image-2', 'vendor-two')).toBe('missing');
    expect(await standing(null, 'local')).toBe('not-needed');
  });

  it('is for legal and policy-admin of the tenant, and refuses what is no terms', async () => {
    expect(codeOf(await add({}, turns.creator))).toBe('FORBIDDEN');
    expect(codeOf(await add({ provider: 'local' }))).toBe('VENDOR_TERMS_INVALID');
    const { id } = await agreed();
    const stranger = await rooms.person(await rooms.newTenant(), 'legal', 'policy-admin');
    expect(await standing('image-2', 'vendor-one', stranger)).toBe('missing');
    expect(codeOf(await end(id, stranger))).toBe('NOT_FOUND');
    expect(await rooms.read(stranger, (read) => register.findMany(read, [id]))).toEqual([]);
    const page = { provider: null, first: 10, after: null };
    expect(await rooms.read(legal, (read) => register.list(read, { ...page, state: 'in-force' }))).toMatchObject([{ id }]);
    expect(await rooms.read(legal, (read) => register.list(read, { ...page, state: 'proposed' }))).toEqual([]);
  });
});

describe('a turn for a vendor', () => {
  async function screened(providers: readonly string[]): Promise<TurnItem> {
    const { item } = await turns.submit({ providers: [...providers] });
    return valueOf(await turns.move(item, 'screened', { provider: providers[0] }));
  }
  const render = (item: TurnItem) => rendering.take(rooms.system(legal.tenant), item.id, new AbortController().signal);

  it('is sent under the terms in force, on record with the model that answered, and leaves free what they leave free', async () => {
    const { id } = await agreed();
    first.model = 'image-2@0426';
    const item = await screened(['vendor-one']);
    await render(item);
    expect((await turns.item(item.id)).state).toBe('rendered');
    const rows = await rooms.database.asAdmin(`select terms, model_version from provider_attempt where item = $1`, [item.id]);
    expect(rows).toEqual([{ terms: id, model_version: 'image-2@0426' }]);
    const licence = await rooms.read(legal, (read) => register.licence(read, [item.id]));
    expect(licence).toEqual({ commercialUse: true, modelTraining: false, attributions: ['Made with One'] });
    const then = await rooms.read(legal, (read) => register.standingThen(read, id, 'image-2@0426'));
    expect(then.standing).toBe('model-unknown');
  });

  it('is not sent when the terms have ended since the gates answered', async () => {
    const { id } = await agreed();
    const item = await screened(['vendor-one']);
    await end(id);
    await render(item);
    expect(first.asked).toBe(0);
    expect(await turns.item(item.id)).toMatchObject({ state: 'failed', failure: { code: 'VENDOR_TERMS_MISSING', retryable: true } });
  });

  it('is not sent with a picture that nobody has the right to any more', async () => {
    await agreed();
    const item = await screened(['vendor-one']);
    await rooms.write(legal, (write) => rooms.assets.block(write, item.baseVersion, 'consent-withdrawn'));
    await render(item);
    expect(first.asked).toBe(0);
    expect(await turns.item(item.id)).toMatchObject({ state: 'failed', failure: { code: 'VERSION_BLOCKED', retryable: false } });
    expect(await rooms.database.asAdmin(`select from provider_attempt where item = $1`, [item.id])).toEqual([]);
  });

  it('goes back to the gates for the next provider when the first has no room, and only then', async () => {
    await agreed();
    first.answer = 'full';
    const item = await screened(['vendor-one', 'vendor-two']);
    await render(item);
    expect((await turns.item(item.id)).state).toBe('submitted');
    expect(await turns.events(item)).toContain('item.returned');
    expect(second.asked).toBe(0);
    const alone = await screened(['vendor-one']);
    await render(alone);
    expect(await turns.item(alone.id)).toMatchObject({ state: 'failed', failure: { code: CAPACITY } });
  });

  it('asks no other provider for what one refused', async () => {
    await agreed();
    first.answer = 'refused';
    const item = await screened(['vendor-one', 'vendor-two']);
    await render(item);
    expect((await turns.item(item.id)).state).toBe('refused');
    expect(second.asked).toBe(0);
  });
});

it('never answers a register that does not know the id', async () => {
  expect(codeOf(await approve(newId('terms')))).toBe('NOT_FOUND');
});
