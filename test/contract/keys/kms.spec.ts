import { randomBytes } from 'node:crypto';
import { Fault, newId, utf8 } from '@imprimatur/kernel';
import { AwsKmsClient, KmsKeyProvider, type KmsOptions } from '@imprimatur/platform/keys';
import { describeKeyProvider } from './key-provider.contract';
import { ACCESS_KEY, KmsServer, no, REGION, SECRET_KEY } from './kms-server';

const arn = (name: string): string => `arn:aws:kms:${REGION}:111122223333:key/${name}`;
const [CURRENT, FORMER, GONE] = [arn('current'), arn('former'), arn('gone')];
const QUICK: KmsOptions = { timeoutMs: 5_000, waitsMs: [1, 1] };

function client(endpoint: string, secretAccessKey = SECRET_KEY): AwsKmsClient {
  return new AwsKmsClient({ endpoint, region: REGION, credentials: async () => ({ accessKeyId: ACCESS_KEY, secretAccessKey }) });
}

describeKeyProvider('a KMS', async () => {
  const kms = await KmsServer.start([CURRENT, FORMER]);
  return {
    open: () => new KmsKeyProvider(client(kms.url), { current: CURRENT, former: [FORMER] }, QUICK),
    makesGenerations: false,
    unknownKeyId: `kms:${GONE}`,
    close: () => kms.close(),
  };
});

describe('a KMS that is not well', () => {
  let kms: KmsServer;
  const tenant = newId('tenant');
  const associated = utf8('bound');
  beforeAll(async () => {
    kms = await KmsServer.start([CURRENT, FORMER]);
  });
  beforeEach(() => {
    kms.troubles.length = 0;
    kms.asked.length = 0;
  });
  afterAll(() => kms.close());

  const keys = (options: KmsOptions = QUICK): KmsKeyProvider =>
    new KmsKeyProvider(client(kms.url), { current: CURRENT, former: [] }, options);
  const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
    const error: unknown = await work.then(
      () => new Error('nothing was thrown'),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Fault)) throw error as Error;
    return error;
  };

  it('is asked again after a passing trouble', async () => {
    kms.troubles.push(no('ThrottlingException'), 'cut');
    const wrapped = await keys().wrap(tenant, randomBytes(32), associated);
    expect(kms.asked).toHaveLength(1);
    kms.troubles.push(no('KMSInternalException', 500));
    expect(await keys().unwrap(tenant, wrapped, associated)).toHaveLength(32);
  });

  it.each([
    ['throttles', [no('ThrottlingException'), no('ThrottlingException'), no('ThrottlingException')]],
    ['answers what is no JSON', ['garbage', 'garbage', 'garbage']],
    ['answers for another key', Array.from({ length: 3 }, () => ({ status: 200, body: { KeyId: FORMER, CiphertextBlob: 'AAAA' } }))],
    [
      'answers the plaintext and no ciphertext',
      Array.from({ length: 3 }, () => ({ status: 200, body: { KeyId: CURRENT, Plaintext: 'AAAA' } })),
    ],
    ['sends elsewhere', Array.from({ length: 3 }, () => ({ status: 307, body: '' }))],
  ] as const)('is unavailable, for now, when it %s', async (_name, troubles) => {
    kms.troubles.push(...troubles);
    const fault = await faultOf(keys().wrap(tenant, randomBytes(32), associated));
    expect([fault.code, fault.retryable]).toEqual(['KEY_PROVIDER_UNAVAILABLE', true]);
    expect(kms.troubles).toEqual([]);
  });

  it('is unavailable when it hangs or nothing listens', async () => {
    kms.troubles.push('hang', 'hang');
    const hanging = await faultOf(keys({ timeoutMs: 50, waitsMs: [1] }).wrap(tenant, randomBytes(32), associated));
    const nobody = new KmsKeyProvider(client('http://127.0.0.1:1'), { current: CURRENT, former: [] }, QUICK);
    const absent = await faultOf(nobody.wrap(tenant, randomBytes(32), associated));
    for (const fault of [hanging, absent]) expect([fault.code, fault.retryable]).toEqual(['KEY_PROVIDER_UNAVAILABLE', true]);
  });

  it.each([
    ['AccessDeniedException', 'KEY_PROVIDER_REFUSED'],
    ['DisabledException', 'KEY_PROVIDER_REFUSED'],
    ['com.amazonaws.kms#NotFoundException', 'KEY_UNKNOWN'],
  ])('is not asked again after %s', async (type, code) => {
    kms.troubles.push(no(type));
    const fault = await faultOf(keys().wrap(tenant, randomBytes(32), associated));
    expect([fault.code, fault.retryable]).toEqual([code, false]);
    expect(kms.asked).toHaveLength(0);
  });

  it('refuses who signs with another secret', async () => {
    const forged = new KmsKeyProvider(client(kms.url, 'another'), { current: CURRENT, former: [] }, QUICK);
    expect((await faultOf(forged.wrap(tenant, randomBytes(32), associated))).code).toBe('KEY_PROVIDER_REFUSED');
  });

  it('is told the tenant, and of the associated data no more than a digest', async () => {
    await keys().wrap(tenant, randomBytes(32), utf8('subject 42'));
    const { target, request } = kms.asked[0] ?? { target: '', request: {} };
    expect(target).toBe('TrentService.Encrypt');
    expect(request.EncryptionContext).toEqual({
      'imprimatur:tenant': tenant,
      'imprimatur:associated': expect.stringMatching(/^[\w-]{43}$/) as string,
    });
  });

  it('goes on reading what a former key wrapped, and only what is named as one', async () => {
    const before = new KmsKeyProvider(client(kms.url), { current: FORMER, former: [] }, QUICK);
    const wrapped = await before.wrap(tenant, randomBytes(32), associated);
    const after = new KmsKeyProvider(client(kms.url), { current: CURRENT, former: [FORMER] }, QUICK);
    expect(await after.unwrap(tenant, wrapped, associated)).toHaveLength(32);
    expect((await after.wrap(tenant, randomBytes(32), associated)).keyId).toBe(`kms:${CURRENT}`);
    expect((await faultOf(keys().unwrap(tenant, wrapped, associated))).code).toBe('KEY_UNKNOWN');
  });
});
