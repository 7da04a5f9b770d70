import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { concatBytes, fromBase64Url, toBase64Url, utf8 } from '@imprimatur/kernel';
import type { Entry } from '../entry.js';
import { readPersonKey } from './person.key.js';
import { assertionText, type EnrolledKey, type PersonTools, verifyPersonSignature } from './person.signature.js';
import { PersonKeys } from './signed.entries.js';
import { type Matter, statementText, type Terms, termsDigest } from './statement.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const tools: PersonTools = {
  sha256,
  personVerify: ({ alg, jwk }, message, signature) =>
    verify(alg === 'EdDSA' ? null : 'sha256', message, createPublicKey({ key: { ...jwk }, format: 'jwk' }), signature),
};

const RP = 'console.example';
const ORIGIN = 'https://app.console.example:8443';
const TENANT = '0190c0de-7000-7000-8000-000000000001';
const REF = '0190c0de-7000-7000-8000-000000000002';
const OBJECT = '0190c0de-7000-7000-8000-000000000003';

const raw = (key: KeyObject, name: 'x' | 'y' | 'n' | 'e'): Uint8Array => fromBase64Url(key.export({ format: 'jwk' })[name] ?? '');
const bstr = (bytes: Uint8Array): Uint8Array =>
  concatBytes(
    bytes.length < 24
      ? Uint8Array.of(0x40 + bytes.length)
      : bytes.length < 256
        ? Uint8Array.of(0x58, bytes.length)
        : Uint8Array.of(0x59, bytes.length >> 8, bytes.length & 255),
    bytes,
  );

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const COSE = {
  ec: concatBytes(
    Uint8Array.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21),
    bstr(raw(ec.publicKey, 'x')),
    Uint8Array.of(0x22),
    bstr(raw(ec.publicKey, 'y')),
  ),
  ed: concatBytes(Uint8Array.of(0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21), bstr(raw(ed.publicKey, 'x'))),
  rsa: concatBytes(
    Uint8Array.of(0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20),
    bstr(raw(rsa.publicKey, 'n')),
    Uint8Array.of(0x21),
    bstr(raw(rsa.publicKey, 'e')),
  ),
};

const matter: Matter = {
  kind: 'task.decide',
  object: OBJECT,
  content: 'ab'.repeat(32),
  bundle: 'cd'.repeat(32),
  outcome: 'approve',
  code: 'meets-policy',
  reason: 'As agreed.',
};
const statementOf = (more: Partial<Matter> = {}): string =>
  statementText(
    sha256,
    { ...matter, ...more },
    { tenant: TENANT, actor: REF, nonce: toBase64Url(new Uint8Array(32)), at: '2026-01-01T00:00:00.000Z' },
  );

interface Lie {
  readonly rpId?: string;
  readonly flags?: number;
  readonly origin?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly challenge?: string;
  readonly by?: KeyObject;
}

function signed(
  statement: string,
  { rpId = RP, flags = 0x05, origin = ORIGIN, type = 'webauthn.get', crossOrigin = false, challenge, by = ec.privateKey }: Lie = {},
): NonNullable<Entry['signature']> {
  const over = toBase64Url(sha256(utf8(statement)));
  const data = concatBytes(sha256(utf8(rpId)), Uint8Array.of(flags, 0, 0, 0, 1));
  const client = utf8(JSON.stringify({ type, challenge: challenge ?? over, origin, crossOrigin }));
  const signature = sign(by.asymmetricKeyType === 'ed25519' ? null : 'sha256', concatBytes(data, sha256(client)), by);
  const value = assertionText({
    credentialId: 'Y3JlZA',
    authenticatorData: toBase64Url(data),
    clientDataJSON: toBase64Url(client),
    signature: toBase64Url(signature),
  });
  return { kind: 'webauthn', over, value };
}

const entryOf = (signature?: Entry['signature'], more: Partial<Entry> = {}): Entry => ({
  ...{ v: 1, id: OBJECT, type: 'task.decided', at: '2026-01-01T00:00:01.000Z', tenant: TENANT },
  actor: { kind: 'person', ref: REF, role: 'approver' },
  about: [{ kind: 'task', id: OBJECT }],
  facts: { outcome: 'approve', bundle: 'cd'.repeat(32) },
  parts: {},
  ...(signature && { signature }),
  ...more,
});
const keyOf = (publicKey: Uint8Array, more: Partial<EnrolledKey> = {}): EnrolledKey => ({
  ...{ credentialId: 'Y3JlZA', publicKey: toBase64Url(publicKey), rpId: RP, ref: REF },
  ...more,
});
const check = (entry: Entry, statement: string | null = statementOf(), key = keyOf(COSE.ec)) =>
  verifyPersonSignature(entry, statement === null ? null : utf8(statement), key, tools);

describe('the terms of a decision', () => {
  const none: Terms = { conditions: [], queue: null, pins: [] };
  const labelled: Terms = { ...none, conditions: [{ code: 'label-required', text: 'Top left.', channels: ['web'] }] };

  it('are left out where there are none, and every word of them counts', () => {
    expect(termsDigest(sha256, none)).toBeNull();
    expect(statementOf()).not.toContain('terms');
    const pinned = { ...none, pins: [{ x: 0.25, y: 1, text: 'Here.' }] };
    const others: readonly Terms[] = [
      labelled,
      { ...labelled, conditions: [{ code: 'label-required', text: 'Top right.', channels: ['web'] }] },
      { ...labelled, conditions: [{ code: 'label-required', text: 'Top left.', channels: [] }] },
      { ...none, queue: 'legal' },
      pinned,
      { ...pinned, pins: [{ x: 0.5, y: 1, text: 'Here.' }] },
    ];
    expect(new Set(others.map((terms) => termsDigest(sha256, terms))).size).toBe(others.length);
    const spaced = { ...labelled, conditions: [{ code: 'label-required', text: ' Top left. ', channels: ['web'] }] };
    expect(termsDigest(sha256, spaced)).toBe(termsDigest(sha256, labelled));
  });
});

describe('the signature of a person', () => {
  it.each([
    ['ES256', COSE.ec, ec.privateKey],
    ['EdDSA', COSE.ed, ed.privateKey],
    ['RS256', COSE.rsa, rsa.privateKey],
  ] as const)('holds by %s', async (alg, cose, by) => {
    expect(readPersonKey(cose)?.alg).toBe(alg);
    const entry = entryOf(signed(statementOf(), { by }));
    expect(await check(entry, statementOf(), keyOf(cose))).toEqual({ status: 'good', covers: 'statement' });
    expect(await check(entry, null, keyOf(cose))).toEqual({ status: 'good', covers: 'digest only' });
  });

  const other = '0190c0de-7000-7000-8000-00000000000f';
  it.each<readonly [string, Entry, string | null, EnrolledKey, RegExp]>([
    ['of another service', entryOf(signed(statementOf(), { rpId: 'evil.example' })), null, keyOf(COSE.ec), /another service/],
    [
      'from the page of somebody else',
      entryOf(signed(statementOf(), { origin: 'https://evil.example' })),
      null,
      keyOf(COSE.ec),
      /page of somebody else/,
    ],
    [
      'from a page whose name only ends alike',
      entryOf(signed(statementOf(), { origin: `https://evil${RP}` })),
      null,
      keyOf(COSE.ec),
      /page of somebody/,
    ],
    ['by http', entryOf(signed(statementOf(), { origin: `http://${RP}` })), null, keyOf(COSE.ec), /page of somebody else/],
    ['inside a foreign frame', entryOf(signed(statementOf(), { crossOrigin: true })), null, keyOf(COSE.ec), /inside the page/],
    ['of an enrolment', entryOf(signed(statementOf(), { type: 'webauthn.create' })), null, keyOf(COSE.ec), /no signature/],
    ['without verification of who was there', entryOf(signed(statementOf(), { flags: 0x01 })), null, keyOf(COSE.ec), /did not verify/],
    ['with nobody there', entryOf(signed(statementOf(), { flags: 0x04 })), null, keyOf(COSE.ec), /nobody was there/],
    [
      'over another challenge',
      entryOf(signed(statementOf(), { challenge: toBase64Url(new Uint8Array(32)) })),
      null,
      keyOf(COSE.ec),
      /another statement/,
    ],
    [
      'by another key',
      entryOf(signed(statementOf(), { by: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey })),
      null,
      keyOf(COSE.ec),
      /not by that key/,
    ],
    ['with the key of somebody else', entryOf(signed(statementOf())), null, keyOf(COSE.ec, { ref: other }), /not the one of who acted/],
    ['with another credential', entryOf(signed(statementOf())), null, keyOf(COSE.ec, { credentialId: 'AAAA' }), /another one/],
    [
      'over another reason',
      entryOf(signed(statementOf())),
      statementOf({ reason: 'As never agreed.' }),
      keyOf(COSE.ec),
      /another one than was signed/,
    ],
    [
      'over other terms',
      entryOf(signed(statementOf({ terms: 'ef'.repeat(32) }))),
      statementOf(),
      keyOf(COSE.ec),
      /another one than was signed/,
    ],
    [
      'over another outcome',
      entryOf(signed(statementOf({ outcome: 'reject' }))),
      statementOf({ outcome: 'reject' }),
      keyOf(COSE.ec),
      /something else than the entry/,
    ],
    [
      'over another policy',
      entryOf(signed(statementOf({ bundle: null }))),
      statementOf({ bundle: null }),
      keyOf(COSE.ec),
      /something else than the entry/,
    ],
    [
      'over another object',
      entryOf(signed(statementOf({ object: other }))),
      statementOf({ object: other }),
      keyOf(COSE.ec),
      /another object/,
    ],
    [
      'over a decision of another kind',
      entryOf(signed(statementOf({ kind: 'policy.activate' }))),
      statementOf({ kind: 'policy.activate' }),
      keyOf(COSE.ec),
      /another kind/,
    ],
    ['in another tenant', entryOf(signed(statementOf()), { tenant: other }), statementOf(), keyOf(COSE.ec), /somebody else/],
    ['that is cut off', entryOf({ kind: 'webauthn', over: 'AA', value: 'a.b' }), null, keyOf(COSE.ec), /cannot be read/],
    ['that is none', entryOf(), null, keyOf(COSE.ec), /no signature/],
    ['with a key that is none', entryOf(signed(statementOf())), null, keyOf(COSE.ec.subarray(0, 40)), /not by that key/],
  ])('does not hold %s', async (_, entry, statement, key, why) => {
    expect(await check(entry, statement, key)).toEqual({ status: 'bad', why: expect.stringMatching(why) as unknown });
  });

  it('is known by the entry that enrolled the key, and stays the first one’s', async () => {
    const keys = new PersonKeys();
    const entry = entryOf(signed(statementOf()));
    expect(await keys.judge(entry, null, tools)).toEqual({ status: 'unknown', why: 'signed, key not known' });
    const enrolled = { type: 'credential.enrolled', tenant: TENANT, facts: { ...keyOf(COSE.ec) } };
    keys.learn({ ...enrolled, tenant: other });
    expect(await keys.judge(entry, null, tools)).toMatchObject({ status: 'unknown' });
    keys.learn(enrolled);
    keys.learn({ ...enrolled, facts: { ...keyOf(COSE.ed) } });
    expect(await keys.judge(entry, null, tools)).toEqual({ status: 'good', covers: 'digest only' });
    expect(await keys.judge(entryOf(), null, tools)).toBeNull();
    expect(await keys.judge(entryOf({ kind: 'dsse', over: 'AA', value: 'x' }), null, tools)).toMatchObject({ status: 'unknown' });
  });

  it.each([
    [new Uint8Array(0)],
    [Uint8Array.of(0xa1)],
    [COSE.ec.subarray(0, -1)],
    [concatBytes(COSE.ec, Uint8Array.of(0))],
    [Uint8Array.of(0xbf, 0xff)],
  ])('has no key in bytes that are none (%#)', (bytes) => expect(readPersonKey(bytes)).toBeNull());
});
