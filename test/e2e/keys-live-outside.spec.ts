import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { ACCESS_KEY, KmsServer, REGION, SECRET_KEY } from '../contract/keys/kms-server';
import { makeToken, missingForTokens } from '../contract/keys/token';
import { TestService, until } from '../support/service';
import { DRAFT, Story } from '../support/story';

const PROMPT = 'brighten the picture by 12%';
const KEY = `arn:aws:kms:${REGION}:111122223333:key/current`;
const NEXT = `arn:aws:kms:${REGION}:111122223333:key/next`;

const DISCLOSED = { __typename: 'DisclosePartsSuccess', receipt: { parts: { prompt: expect.anything() as unknown } } };

/** A governed edit, whose prompt is sealed by the api and read by the worker. */
async function edit(story: Story): Promise<{ readonly turn: string; readonly version: string }> {
  const picture = await sharp({ create: { width: 160, height: 120, channels: 3, background: '#4a7' } })
    .png()
    .toBuffer();
  const asset = await story.upload(picture, 'plain.png');
  await story.screened(asset);
  const { turn, item } = await story.edit(asset, PROMPT, DRAFT);
  expect(item).toMatchObject({ state: 'RELEASED', failure: null });
  return { turn, version: item.resultVersion?.id ?? '' };
}

/** The prompt of the turn, out of the ledger, with its proof. */
async function disclose(story: Story, turn: string): Promise<unknown> {
  const entry = await until(
    async () => {
      const { auditEvents } = await story.legal.graphql<{ auditEvents: { edges: { node: { id: string; receipt: unknown } }[] } }>(
        'query($turn: ID!) { auditEvents(filter: { turn: $turn, types: ["turn.submitted"] }) { edges { node { id receipt } } } }',
        { turn },
      );
      return auditEvents.edges[0]?.node;
    },
    (found) => Boolean(found?.receipt),
  );
  const { discloseParts } = await story.legal.graphql<{ discloseParts: unknown }>(
    `mutation($input: DisclosePartsInput!) { discloseParts(input: $input) { __typename ... on DisclosePartsSuccess { receipt } ... on Refused { code } } }`,
    { input: { idempotencyKey: randomBytes(12).toString('hex'), entry: entry?.id, parts: ['prompt'], reason: 'discovery' } },
  );
  return discloseParts;
}

/** The keys that anything in the database is still wrapped by. */
async function wrappingKeys(service: TestService): Promise<readonly string[]> {
  const envelopes = [
    ['ledger_payload', 'wrapped_key'],
    ['blob', 'wrapped_key'],
    ['version', 'operations_key'],
    ['turn', 'data_key'],
  ].map(([table, column]) => `select convert_from(${column}, 'UTF8')::jsonb ->> 'keyId' as key from ${table} where ${column} <> ''`);
  const rows = await service.database.asAdmin<{ key: string }>(
    `select distinct key from (${envelopes.join(' union all ')} union all select key_id from subject_key where wrapped is not null) k order by key`,
  );
  return rows.map(({ key }) => key);
}

describe('with its keys in a KMS', () => {
  let service: TestService | undefined;
  let kms: KmsServer;
  let first = { turn: '', version: '' };
  beforeAll(async () => {
    kms = await KmsServer.start([KEY, NEXT]);
    service = await TestService.start({
      env: {
        IMPRIMATUR_KEY_PROVIDER: 'kms',
        IMPRIMATUR_KMS_ENDPOINT: kms.url,
        IMPRIMATUR_KMS_KEY: KEY,
        IMPRIMATUR_KMS_ACCESS_KEY_ID: ACCESS_KEY,
        IMPRIMATUR_KMS_SECRET_ACCESS_KEY: SECRET_KEY,
      },
    });
  }, 120_000);
  afterAll(async () => {
    await service?.close();
    await kms.close();
  });

  it('api and worker carry an edit through, and what they sealed is wrapped there', async () => {
    if (!service) throw new Error('the service has started');
    const story = await Story.begin(service);
    first = await edit(story);
    expect(await disclose(story, first.turn)).toMatchObject(DISCLOSED);
    expect(await wrappingKeys(service)).toEqual([`kms:${KEY}`]);
    expect(new Set(kms.asked.map(({ target }) => target))).toEqual(new Set(['TrentService.Encrypt', 'TrentService.Decrypt']));
  });

  it('nothing is written in clear, and nothing half, while it does not answer', async () => {
    if (!service) throw new Error('the service has started');
    const story = await Story.begin(service);
    const count = async (): Promise<unknown> => service?.database.asAdmin(`select count(*) from asset`);
    const before = await count();
    kms.troubles.push(...Array.from({ length: 12 }, () => 'cut' as const));
    const refused = await story.creator.upload(
      await sharp({ create: { width: 90, height: 60, channels: 3, background: '#74a' } })
        .png()
        .toBuffer(),
    );
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(await count()).toEqual(before);
    kms.troubles.length = 0;
    expect(await disclose(story, (await edit(story)).turn)).toMatchObject(DISCLOSED);
  });

  it('everything moves on to another key, after which the former one is needed no more', async () => {
    if (!service) throw new Error('the service has started');
    const running = service;
    const begin = async (env: Record<string, string>): Promise<void> => {
      for (const app of ['worker', 'api'] as const) await running.stopApp(app, 'SIGTERM');
      await running.startApp('api', env);
      await running.startApp('worker', env);
    };
    await begin({ IMPRIMATUR_KMS_KEY: NEXT, IMPRIMATUR_KMS_FORMER_KEYS: KEY });
    const admin = await running.signIn('tom');
    const { rotateKeys } = await admin.graphql<{ rotateKeys: { __typename: string } }>(
      'mutation { rotateKeys(input: { idempotencyKey: "rotate-1" }) { __typename } }',
    );
    expect(rotateKeys.__typename).toBe('RotateKeysSuccess');
    await until(
      () => wrappingKeys(running),
      (keys) => keys.join() === `kms:${NEXT}`,
    );
    // what was sealed before opens with the new key alone
    await begin({ IMPRIMATUR_KMS_KEY: NEXT });
    const story = await Story.begin(running);
    expect(await disclose(story, first.turn)).toMatchObject(DISCLOSED);
    expect((await story.creator.get(`/versions/${first.version}/image`)).status).toBe(200);
    expect(await disclose(story, (await edit(story)).turn)).toMatchObject(DISCLOSED);
  });
});

const missing = missingForTokens();
if (missing !== null) {
  it.skip(`keys in a PKCS#11 token are not tested here: ${missing}`, () => undefined);
} else {
  describe('with its keys in a PKCS#11 token', () => {
    let service: TestService | undefined;
    beforeAll(async () => {
      const token = makeToken('imprimatur e2e');
      service = await TestService.start({
        env: {
          IMPRIMATUR_KEY_PROVIDER: 'pkcs11',
          IMPRIMATUR_PKCS11_LIBRARY: token.library,
          IMPRIMATUR_PKCS11_TOKEN: token.token,
          IMPRIMATUR_PKCS11_PIN: token.pin,
        },
      });
    }, 120_000);
    afterAll(() => service?.close());

    it('api and worker carry an edit through, and what they sealed is wrapped there', async () => {
      if (!service) throw new Error('the service has started');
      const story = await Story.begin(service);
      expect(await disclose(story, (await edit(story)).turn)).toMatchObject(DISCLOSED);
      expect(await wrappingKeys(service)).toEqual([expect.stringMatching(/^pkcs11:token=/)]);
    });
  });
}
