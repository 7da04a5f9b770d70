import { checkPicture } from './checks/picture.check';
import type { StoreReading } from './engine';
import { type VerifyTools, verifyFile } from './verify';

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
const URN = 'urn:c2pa:active';
const PARENT = 'urn:c2pa:parent';

type Codes = readonly (string | { code: string; explanation?: string; url?: string })[];
const statuses = (codes: Codes = []) =>
  codes.map((each) => (typeof each === 'string' ? { code: each, url: `self#jumbf=/c2pa/${PARENT}/x` } : each));
const results = (success: Codes, failure: Codes = [], informational: Codes = []) => ({
  success: statuses(success),
  failure: statuses(failure),
  informational: statuses(informational),
});
const WHOLE = ['claimSignature.validated', 'signingCredential.trusted', 'assertion.hashedURI.match', 'assertion.dataHash.match'];

interface Store {
  readonly active?: ReturnType<typeof results>;
  readonly assertions?: Record<string, unknown>;
  readonly signature?: unknown;
  readonly deltas?: ReturnType<typeof results>;
  readonly parent?: ReturnType<typeof results>;
}

function crJson({ active = results(WHOLE), assertions = {}, signature, deltas, parent }: Store): unknown {
  const ingredientDeltas = deltas ? [{ ingredientAssertionURI: 'x', validationDeltas: deltas }] : [];
  const claim = { 'dc:title': 'A title', claim_generator_info: { name: 'Maker', version: '1' } };
  const manifests: unknown[] = [{ label: URN, 'claim.v2': claim, assertions, signature, validationResults: active, ingredientDeltas }];
  if (parent) manifests.push({ label: PARENT, claim, validationResults: parent });
  return { manifests };
}

function tools(reading: StoreReading): VerifyTools {
  const never = (): never => {
    throw new Error('no receipt to check');
  };
  return {
    readStore: async () => reading,
    digestPixels: async () => null,
    receipts: { sha256: never, hmacSha256: never, ed25519Verify: never, logKeys: [] },
  };
}

const verify = (store: Store) => verifyFile(JPEG, tools({ kind: 'store', crJson: crJson(store), activeUrn: URN }));

describe('verifying a file', () => {
  it('is good when everything that was looked at is', async () => {
    const report = await verify({});
    expect(report).toMatchObject({ outcome: 'good', exitCode: 0, manifest: { urn: URN, title: 'A title', generator: 'Maker 1' } });
    expect(report.words).toContain('no receipt of an approval');
  });

  it.each<[string, StoreReading, string]>([
    ['has no manifest', { kind: 'none' }, 'manifest.none'],
    ['points elsewhere', { kind: 'remote' }, 'manifest.remote'],
    ['cannot be read', { kind: 'unreadable', why: 'C2pa(Odd)' }, 'manifest.unreadable'],
    ['has a store of another shape', { kind: 'store', crJson: { manifests: 'none' }, activeUrn: URN }, 'manifest.unreadable'],
    ['has no active manifest', { kind: 'store', crJson: crJson({}), activeUrn: null }, 'manifest.unreadable'],
  ])('says unknown of one that %s', async (_what, reading, code) => {
    expect(await verifyFile(JPEG, tools(reading))).toMatchObject({
      outcome: 'unknown',
      exitCode: 2,
      checks: [{ codes: [code] }],
      manifest: null,
    });
  });

  it('says unknown of what is no picture, without asking the engine', async () => {
    const asked = { ...tools({ kind: 'none' }), readStore: () => Promise.reject(new Error('asked')) };
    expect(await verifyFile(Buffer.from('%PDF-1.7'), asked)).toMatchObject({
      outcome: 'unknown',
      checks: [{ codes: ['manifest.format'] }],
    });
  });

  const ingredient = (data: object) => ({ 'c2pa.ingredient.v3': { relationship: 'parentOf', ...data } });
  const wholeParent = { deltas: results(['claimSignature.validated']), parent: results(['ingredient.manifest.validated']) };

  it.each<[string, Store, string, string, string]>([
    ['a changed claim', { active: results(WHOLE, ['claimSignature.mismatch']) }, 'signature', 'bad', 'bad'],
    ['a revoked certificate', { active: results(WHOLE, ['signingCredential.revoked']) }, 'signature', 'bad', 'bad'],
    ['a failure of a kind that is not known here', { active: results(WHOLE, ['something.new']) }, 'content', 'bad', 'bad'],
    ['a signature that nobody validated', { active: results(WHOLE.slice(1)) }, 'signature', 'unknown', 'unknown'],
    ['nothing that binds the content', { active: results(WHOLE.slice(0, 3)) }, 'content', 'unknown', 'unknown'],
    [
      'other places left out of the hash (trap 2)',
      { active: results(WHOLE, [], ['assertion.dataHash.additionalExclusionsPresent']) },
      'content',
      'unknown',
      'unknown',
    ],
    [
      'an issuer that is not trusted',
      { active: results([...WHOLE.slice(0, 1), ...WHOLE.slice(2)], ['signingCredential.untrusted']) },
      'issuer',
      'unknown',
      'unknown',
    ],
    ['no time stamp', {}, 'time', 'unknown', 'good'],
    ["another signature's time stamp", { active: results(WHOLE, [], ['timeStamp.mismatch']) }, 'time', 'bad', 'bad'],
    [
      'a certificate that ran out, and no time stamp',
      { active: results(WHOLE, ['claimSignature.outsideValidity']) },
      'signature',
      'unknown',
      'unknown',
    ],
    [
      'a certificate that had run out when it was stamped',
      { active: results([...WHOLE, 'timeStamp.validated'], ['claimSignature.outsideValidity']) },
      'signature',
      'bad',
      'bad',
    ],
    [
      'an authority that the engine lets pass for its age',
      {
        active: results([...WHOLE, 'timeStamp.validated', { code: 'timeStamp.trusted', explanation: 'legacy timestamp cert trusted: X' }]),
        signature: { timeStampInfo: { timestamp: '2023-01-01T00:00:00Z' } },
      },
      'time',
      'unknown',
      'good',
    ],
    ['a parent that is whole', { assertions: ingredient({ activeManifest: {} }), ...wholeParent }, 'ingredients', 'good', 'good'],
    [
      'a parent that was changed since (trap 1)',
      { ...wholeParent, deltas: results(['claimSignature.validated'], ['ingredient.manifest.mismatch']) },
      'ingredients',
      'bad',
      'bad',
    ],
    [
      'a parent that was broken when it was added (trap 1)',
      {
        ...wholeParent,
        assertions: ingredient({
          validationResults: { activeManifest: results(['claimSignature.validated'], ['assertion.dataHash.mismatch']) },
        }),
      },
      'ingredients',
      'bad',
      'bad',
    ],
    [
      'a grandparent that was broken when it was added',
      {
        ...wholeParent,
        assertions: ingredient({
          validationResults: { ingredientDeltas: [{ validationDeltas: results([], ['claimSignature.mismatch']) }] },
        }),
      },
      'ingredients',
      'bad',
      'bad',
    ],
    [
      'a parent of the first version, recorded as broken',
      {
        ...wholeParent,
        assertions: { 'c2pa.ingredient': { relationship: 'componentOf', validationStatus: statuses(['claimSignature.mismatch']) } },
      },
      'ingredients',
      'bad',
      'bad',
    ],
    ['a parent that nobody validated', { parent: results([]) }, 'ingredients', 'unknown', 'unknown'],
    ['an ingredient in another form', { assertions: { 'c2pa.ingredient.v3': 'odd' } }, 'ingredients', 'unknown', 'unknown'],
    [
      'a parent by a stranger',
      { ...wholeParent, deltas: results(['claimSignature.validated'], ['signingCredential.untrusted']) },
      'ingredient-issuers',
      'unknown',
      'good',
    ],
    [
      'a governance statement of another version',
      { assertions: { 'org.imprimatur.governance': { v: 2 } } },
      'receipts',
      'unknown',
      'unknown',
    ],
  ])('finds %s', async (_what, store, check, found, outcome) => {
    const report = await verify(store);
    expect(report.checks.find(({ name }) => name === check)).toMatchObject({ outcome: found });
    expect(report.outcome).toBe(outcome);
  });
});

describe('whether a receipt speaks of this picture', () => {
  const pixels = { decoder: 'a/1', sha256: 'cd'.repeat(32), width: 3, height: 2, channels: 3 as const };
  const file = 'ab'.repeat(32);
  const binding = (format: 'jpeg' | 'webp') => ({ v: 1 as const, version: 'v', format, recipe: {}, unsignedSha256: file, pixels });
  const other = { ...pixels, sha256: 'ee'.repeat(32) };

  it.each([
    ['file and pixels agree', 'jpeg', { format: 'jpeg', dataSha256: file, pixels }, 'good'],
    ['the file agrees, and nothing here decodes it', 'jpeg', { format: 'jpeg', dataSha256: file, pixels: null }, 'good'],
    [
      'the file agrees, and another decoder sees other pixels',
      'jpeg',
      { format: 'jpeg', dataSha256: file, pixels: { ...other, decoder: 'b/1' } },
      'good',
    ],
    ['the file agrees, and the same decoder sees other pixels', 'jpeg', { format: 'jpeg', dataSha256: file, pixels: other }, 'bad'],
    ['the file is another', 'jpeg', { format: 'jpeg', dataSha256: '00'.repeat(32), pixels }, 'bad'],
    ['the pixels agree where the format hashes no file', 'webp', { format: 'webp', dataSha256: null, pixels }, 'good'],
    ['the same decoder sees other pixels', 'webp', { format: 'webp', dataSha256: null, pixels: other }, 'bad'],
    ['another decoder sees other pixels', 'webp', { format: 'webp', dataSha256: null, pixels: { ...other, decoder: 'b/1' } }, 'unknown'],
    [
      'another decoder sees another size',
      'webp',
      { format: 'webp', dataSha256: null, pixels: { ...other, decoder: 'b/1', width: 9 } },
      'bad',
    ],
    ['nothing here decodes it', 'webp', { format: 'webp', dataSha256: null, pixels: null }, 'unknown'],
    ['the format is another', 'webp', { format: 'jpeg', dataSha256: file, pixels }, 'bad'],
  ] as const)('%s', (_what, format, found, outcome) => {
    expect(checkPicture(binding(format), found).outcome).toBe(outcome);
  });
});
