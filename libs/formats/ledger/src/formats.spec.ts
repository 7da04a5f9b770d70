import { createHash, createHmac } from 'node:crypto';
import { type HmacSha256, type Sha256, toHex, utf8 } from '@imprimatur/kernel';
import { leafHash } from '@imprimatur/formats/merkle';
import { commitment, partAssociatedData, partBytes } from './commitment';
import { type Entry, entryBytes, parseEntry } from './entry';
import { logZeroOrigin, tenantOrigin } from './origin';
import { makeReceipt, verifyReceipt } from './receipt';

const sha256: Sha256 = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const hmac: HmacSha256 = (key, message) => new Uint8Array(createHmac('sha256', key).update(message).digest());
const salt = Uint8Array.from({ length: 32 }, (_, at) => at);

const ENTRY: Entry = {
  v: 1,
  id: '0193a1b2-0000-7000-8000-000000000001',
  type: 'turn.submitted',
  at: '2026-01-31T12:00:00.000Z',
  tenant: '0193a1b2-0000-7000-8000-00000000000a',
  actor: { kind: 'person', ref: '0193a1b2-0000-7000-8000-00000000000b', role: 'creator' },
  about: [
    { kind: 'asset', id: '0193a1b2-0000-7000-8000-00000000000c', seq: 1, prev: null },
    { kind: 'turn', id: '0193a1b2-0000-7000-8000-00000000000d' },
  ],
  facts: { items: 1, useCase: 'marketing' },
  parts: { prompt: commitment(hmac, salt, '0193a1b2-0000-7000-8000-000000000001', 'prompt', utf8('make the sky warmer')) },
};

/** Frozen: a change of any of these breaks every receipt that has left the house. */
describe('golden bytes', () => {
  it('of an entry', () => {
    expect(new TextDecoder().decode(entryBytes(ENTRY))).toBe(
      '{"about":[{"id":"0193a1b2-0000-7000-8000-00000000000c","kind":"asset","prev":null,"seq":1},{"id":"0193a1b2-0000-7000-8000-00000000000d","kind":"turn"}],' +
        '"actor":{"kind":"person","ref":"0193a1b2-0000-7000-8000-00000000000b","role":"creator"},"at":"2026-01-31T12:00:00.000Z","facts":{"items":1,"useCase":"marketing"},' +
        `"id":"0193a1b2-0000-7000-8000-000000000001","parts":{"prompt":"${GOLDEN_COMMITMENT}"},"tenant":"0193a1b2-0000-7000-8000-00000000000a","type":"turn.submitted","v":1}`,
    );
    expect(toHex(leafHash(sha256, entryBytes(ENTRY)))).toBe(GOLDEN_LEAF);
  });

  it('of a commitment', () => {
    expect(ENTRY.parts.prompt).toBe(GOLDEN_COMMITMENT);
    const message = Buffer.concat([
      utf8('imprimatur/part/v1'),
      Uint8Array.of(0),
      utf8(ENTRY.id),
      Uint8Array.of(0),
      utf8('prompt'),
      Uint8Array.of(0),
      utf8('make the sky warmer'),
    ]);
    expect(ENTRY.parts.prompt).toBe(createHmac('sha256', salt).update(message).digest('base64url'));
  });

  it('of structured parts, associated data and origins', () => {
    expect(new TextDecoder().decode(partBytes({ b: 1, a: [true, null] }))).toBe('{"a":[true,null],"b":1}');
    expect(new TextDecoder().decode(partAssociatedData('t', 'e', 'p'))).toBe('imprimatur/part/v1\0t\0e\0p');
    expect(tenantOrigin('imprimatur.local', 'i', 't')).toBe('imprimatur.local/i/t/t');
    expect(logZeroOrigin('imprimatur.local', 'i')).toBe('imprimatur.local/i/0');
  });
});

const GOLDEN_COMMITMENT = 'iGI1ZzgAge7GzR2Gyq58IRR9UdRnsfO7PNQpGcosK3U';
const GOLDEN_LEAF = '2a30947294502f5867dd2f37a532861d76c8bf7bcc42a918c6d42afa360e0fe0';

describe('an entry', () => {
  it('is read back from its own bytes', () => {
    expect(parseEntry(entryBytes(ENTRY))).toEqual({ status: 'entry', entry: ENTRY });
  });

  it.each([
    ['a float', { n: 1.5 }],
    ['an integer beyond 2^53', { n: 2 ** 53 }],
    ['more than 65,535 bytes', { text: 'x'.repeat(70_000) }],
  ])('refuses %s', (_name, facts) => {
    expect(() => entryBytes({ ...ENTRY, facts })).toThrow(RangeError);
  });

  it('of another version is reported, and bytes that are not canonical are not guessed at', () => {
    expect(parseEntry(utf8('{"v":2}'))).toEqual({ status: 'unknown-version', version: 2 });
    expect(parseEntry(utf8('{"v": 1}'))).toMatchObject({ status: 'malformed' });
    expect(parseEntry(utf8('not json'))).toMatchObject({ status: 'malformed' });
    expect(parseEntry(utf8('{"v":1}'))).toMatchObject({ status: 'malformed' });
  });
});

describe('a receipt', () => {
  const tools = { sha256, hmacSha256: hmac, ed25519Verify: () => true, logKeys: [] };
  const bytes = entryBytes(ENTRY);
  const root = Buffer.from(leafHash(sha256, bytes)).toString('base64');
  const receipt = makeReceipt({
    entry: bytes,
    parts: { prompt: { salt, bytes: utf8('make the sky warmer') } },
    index: 0,
    proof: [],
    checkpoint: `some.log\n1\n${root}\n\n— some.log ${Buffer.alloc(68, 1).toString('base64')}\n`,
  });

  it('of a log with one entry is consistent, its key unknown', () => {
    expect(verifyReceipt(receipt, tools)).toMatchObject({ status: 'consistent', key: 'unknown', origin: 'some.log', index: 0, size: 1 });
  });

  it.each([
    ['another text for a part', { parts: { prompt: { ...receipt.parts.prompt, bytes: Buffer.from('x').toString('base64') } } }, 'part'],
    ['a part that the entry does not have', { parts: { mask: receipt.parts.prompt } }, 'part'],
    ['another entry', { entry: Buffer.from(entryBytes({ ...ENTRY, type: 'turn.cancelled' })).toString('base64'), parts: {} }, 'proof'],
    ['another index', { index: 1 }, 'proof'],
    ['no checkpoint', { checkpoint: 'x' }, 'receipt'],
    ['bytes that are no entry', { entry: Buffer.from('{}').toString('base64') }, undefined],
  ])('with %s does not hold', (_name, change, check) => {
    const report = verifyReceipt({ ...receipt, ...change }, tools);
    expect(report.status).not.toBe('consistent');
    if (check !== undefined) expect(report).toMatchObject({ status: 'broken', check });
  });

  it.each([null, undefined, 1, 'x', [], {}, { v: 2 }, { v: 1 }])('that is %j never crashes the verifier', (value) => {
    expect(verifyReceipt(value, tools).status).not.toBe('consistent');
  });
});
