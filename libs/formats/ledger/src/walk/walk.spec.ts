import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, sign, verify } from 'node:crypto';
import { toBase64Url, utf8 } from '@imprimatur/kernel';
import {
  bundlePath,
  bundlesOf,
  checkpointText,
  encodeBundle,
  type Ed25519Verify,
  formatVkey,
  HASH_BYTES,
  keyIdOf,
  leafHash,
  type LogKey,
  parseCheckpoint,
  parseVkey,
  signedNote,
  TILE_WIDTH,
  tilePath,
  tilesOf,
  Tree,
} from '@imprimatur/formats/merkle';
import fc from 'fast-check';
import { type Entry, entryBytes } from '../entry.js';
import type { PersonVerify } from '../signing/person.signature.js';
import { type FindingCode, firstOf } from './finding.js';
import { walkLog, type WalkReport, type WalkTools } from './walk.js';

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const rawKey = (key: KeyObject): Uint8Array => key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
const ed25519Verify: Ed25519Verify = (publicKey, message, signature) =>
  verify(null, message, { key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' }, signature);

const TENANT = '0190c0de-7000-7000-8000-0000000000aa';
const ORIGIN = `imprimatur.test/0190c0de-7000-7000-8000-0000000000ff/t/${TENANT}`;
const uuid = (n: number): string => `0190c0de-7000-7000-8000-${String(n).padStart(12, '0')}`;
const pair = generateKeyPairSync('ed25519');

/** Files of a log over these entries, signed. */
function logOf(entries: readonly Uint8Array[], origin = ORIGIN, key = pair): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const rows: Uint8Array[][] = [];
  const tree = Tree.empty(sha256);
  const leaves = entries.map((entry) => leafHash(sha256, entry));
  rows[0] = leaves;
  for (const leaf of leaves) {
    for (const { level, hash: node } of tree.append(leaf)) if (level % 8 === 0) (rows[level / 8] ??= []).push(node);
  }
  for (const tile of tilesOf(entries.length)) {
    const from = tile.index * TILE_WIDTH;
    files.set(tilePath(tile), new Uint8Array(Buffer.concat((rows[tile.level] ?? []).slice(from, from + tile.width))));
  }
  for (const bundle of bundlesOf(entries.length)) {
    const from = bundle.index * TILE_WIDTH;
    files.set(bundlePath(bundle), encodeBundle(entries.slice(from, from + bundle.width)));
  }
  files.set('checkpoint', utf8(noteOf({ origin, size: entries.length, root: tree.root() }, key)));
  files.set('log.vkey', utf8(`${formatVkey(sha256, origin, rawKey(key.publicKey))}\n`));
  return files;
}

function noteOf(head: { origin: string; size: number; root: Uint8Array }, key: { publicKey: KeyObject; privateKey: KeyObject }): string {
  const text = checkpointText(head);
  const keyId = keyIdOf(sha256, head.origin, rawKey(key.publicKey));
  return signedNote(text, {
    name: head.origin,
    keyId,
    signature: sign(null, utf8(text), createPrivateKey(key.privateKey.export({ format: 'pem', type: 'pkcs8' }))),
  });
}

interface Place {
  readonly asset: number;
  readonly seq: number;
  readonly prev: string | null;
}

function entryOf(n: number, places: readonly Place[], more: Partial<Entry> = {}): Uint8Array {
  return entryBytes({
    v: 1,
    id: uuid(n),
    type: 'test.happened',
    at: '2025-01-01T00:00:00.000Z',
    tenant: TENANT,
    actor: { kind: 'person', ref: uuid(7), role: 'creator' },
    about: [
      ...places.map(({ asset, ...place }) => ({ kind: 'asset', id: uuid(900_000 + asset), ...place })),
      { kind: 'turn', id: uuid(n) },
    ],
    facts: { n },
    parts: { prompt: 'A'.repeat(43) },
    ...more,
  });
}

/** `count` entries, spread over `assets` assets, each history whole. */
function history(count: number, assets = 5, more: (n: number) => Partial<Entry> = () => ({})): Uint8Array[] {
  const heads = new Map<number, { seq: number; leaf: string }>();
  return Array.from({ length: count }, (_, n) => {
    const asset = (n * 7) % assets;
    const head = heads.get(asset);
    const bytes = entryOf(n, [{ asset, seq: (head?.seq ?? 0) + 1, prev: head?.leaf ?? null }], more(n));
    heads.set(asset, { seq: (head?.seq ?? 0) + 1, leaf: toBase64Url(leafHash(sha256, bytes)) });
    return bytes;
  });
}

const keyOf = (origin = ORIGIN): LogKey => {
  const key = parseVkey(sha256, formatVkey(sha256, origin, rawKey(pair.publicKey)));
  if (!key) throw new Error('the key reads');
  return key;
};
const sourceOf = (files: ReadonlyMap<string, Uint8Array>) => (path: string) => Promise.resolve(files.get(path) ?? null);
const walk = (files: ReadonlyMap<string, Uint8Array>, more: Partial<WalkTools> = {}): Promise<WalkReport> =>
  walkLog({ source: sourceOf(files), sha256, ed25519Verify, logKeys: [keyOf()], ...more });
const headOf = (files: ReadonlyMap<string, Uint8Array>) => {
  const head = parseCheckpoint(Buffer.from(files.get('checkpoint') ?? []).toString());
  if (!head) throw new Error('the checkpoint reads');
  return head;
};
const flip = (files: Map<string, Uint8Array>, path: string, at: number, by = 1): Map<string, Uint8Array> => {
  const bytes = new Uint8Array(files.get(path) ?? []);
  bytes[at] = (bytes[at] ?? 0) ^ by;
  return new Map(files).set(path, bytes);
};

const SIZES = [0, 1, 2, 3, 255, 256, 257, 511, 512, 600, 1000];
const LARGE = 65_536 + 300;

/** A log whose entry 1 enrols a key, and whose others are signed with keys: with that one, with that one by a lie, with one that nobody knows. */
function signedLog(lie: 'none' | 'challenge'): Map<string, Uint8Array> {
  const keys = generateKeyPairSync('ed25519');
  const credentialId = 'Y3JlZA';
  const cose = Buffer.concat([Buffer.of(0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20), rawKey(keys.publicKey)]);
  const over = toBase64Url(sha256(utf8('statement')));
  const client = utf8(
    JSON.stringify({ type: 'webauthn.get', challenge: lie === 'none' ? over : 'AA', origin: 'http://localhost:4080', crossOrigin: false }),
  );
  const data = Buffer.concat([sha256(utf8('localhost')), Buffer.of(0x05, 0, 0, 0, 0)]);
  const signature = toBase64Url(sign(null, Buffer.concat([data, sha256(client)]), keys.privateKey));
  const signed = (id: string): Partial<Entry> => ({
    signature: { kind: 'webauthn', over, value: [id, toBase64Url(data), toBase64Url(client), signature].join('.') },
  });
  const facts = { ref: uuid(7), credentialId, publicKey: toBase64Url(cose), rpId: 'localhost' };
  return logOf(
    history(300, 5, (n) =>
      n === 1 ? { type: 'credential.enrolled', facts } : n === 299 ? signed(credentialId) : n === 298 ? signed('b3RoZXI') : {},
    ),
  );
}

describe('what people signed', () => {
  const personVerify: PersonVerify = ({ alg, jwk }, message, signature) =>
    verify(alg === 'EdDSA' ? null : 'sha256', message, createPublicKey({ key: { ...jwk }, format: 'jwk' }), signature);

  it('is checked with the keys that the log enrolled', async () => {
    expect(await walk(signedLog('none'), { personVerify })).toMatchObject({ findings: [], signed: { good: 1, unknown: 1 } });
    expect(await walk(signedLog('none'))).toMatchObject({ findings: [], signed: { good: 0, unknown: 2 } });
  });

  it('is a finding where it does not hold', async () => {
    const { findings, signed } = await walk(signedLog('challenge'), { personVerify });
    expect(findings).toMatchObject([{ code: 'PERSON_SIGNATURE_WRONG', entry: 299 }]);
    expect(signed).toEqual({ good: 0, unknown: 1 });
  });
});

describe('the walk of a whole log', () => {
  it.each(SIZES)('accepts a log of %i entries', async (size) => {
    const report = await walk(logOf(history(size)));
    expect(report).toMatchObject({ key: 'known', findings: [], entries: size, assets: Math.min(size, 5), unknownVersions: 0 });
  });

  it('accepts one with three levels of tiles, in stretches on several lanes, and counts them all', async () => {
    const files = logOf(history(LARGE, 900));
    let heard = 0;
    const old = headOf(logOf(history(40_001, 900)));
    const report = await walk(files, { lanes: 3, since: [old], progress: (entries) => (heard += entries) });
    expect(report).toMatchObject({ findings: [], entries: LARGE, assets: 900, since: [{ size: 40_001, status: 'consistent' }] });
    expect(heard).toBe(LARGE);
    const damaged = flip(files, 'tile/2/000.p/1', 5);
    expect((await walk(damaged)).findings).toEqual([
      expect.objectContaining({ code: 'TILE_INCONSISTENT', words: 'tile 2/0 is inconsistent with the signed head' }),
    ]);
    expect((await walk(flip(files, 'tile/1/000', 32 * 70))).findings).toEqual([
      expect.objectContaining({ code: 'TILE_INCONSISTENT', path: 'tile/1/000' }),
    ]);
    const edited = await walk(flip(files, 'tile/entries/201', 100));
    expect(firstOf(edited.findings)).toMatchObject({ entry: 201 * TILE_WIDTH });
  });

  it('takes the full tile where the partial one is gone', async () => {
    const [files, smaller] = [logOf(history(600)), logOf(history(300))];
    for (const path of ['checkpoint', 'tile/1/000.p/1']) files.set(path, smaller.get(path) ?? new Uint8Array(0));
    expect(await walk(files)).toMatchObject({ findings: [], entries: 300 });
  });

  it('writes nothing into the files for good', async () => {
    const files = logOf(history(300));
    const before = [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('hex')]);
    await walk(files);
    expect([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('hex')])).toEqual(before);
  });

  it('ends with what the source throws, wherever that is', async () => {
    const files = logOf(history(300));
    for (const broken of ['checkpoint', 'tile/0/001.p/44', 'tile/entries/000', 'tile/1/000.p/1']) {
      const source = (path: string) => (path === broken ? Promise.reject(new Error('the network is gone')) : sourceOf(files)(path));
      await expect(walk(files, { source })).rejects.toThrow('the network is gone');
    }
  });
});

describe('keys', () => {
  const files = logOf(history(3));

  it('separates a pinned key from one that came along', async () => {
    expect(await walk(files)).toMatchObject({ key: 'known', findings: [] });
    expect(await walk(files, { logKeys: [] })).toMatchObject({ key: 'came along', findings: [] });
    const alone = new Map(files);
    alone.delete('log.vkey');
    expect(await walk(alone, { logKeys: [] })).toMatchObject({ key: 'none', findings: [] });
    expect(await walk(alone)).toMatchObject({ key: 'known', findings: [] });
  });

  it('believes no other key than the pinned one', async () => {
    const others = logOf(history(3), ORIGIN, generateKeyPairSync('ed25519'));
    expect((await walk(others)).findings).toMatchObject([{ code: 'SIGNATURE_WRONG' }]);
    expect(await walk(others, { logKeys: [] })).toMatchObject({ key: 'came along', findings: [] });
    const mixed = new Map(files).set('checkpoint', others.get('checkpoint') ?? new Uint8Array(0));
    expect((await walk(mixed, { logKeys: [] })).findings).toMatchObject([{ code: 'SIGNATURE_WRONG' }]);
  });

  it('takes a checkpoint that two keys signed while one replaces the other', async () => {
    const next = generateKeyPairSync('ed25519');
    const [, , ...second] = noteOf(headOf(files), next)
      .split('\n\n')
      .flatMap((part) => part.split('\n'))
      .slice(1);
    const both = new Map(files).set('checkpoint', utf8(`${Buffer.from(files.get('checkpoint') ?? []).toString()}${second.join('\n')}`));
    expect(headOf(both).signatures).toHaveLength(2);
    expect(await walk(both)).toMatchObject({ key: 'known', findings: [] });
  });
});

describe('tampering', () => {
  const entries = history(600);
  const files = logOf(entries);
  const edited = entries.map((bytes, at) => (at === 300 ? entryOf(300, [{ asset: 0, seq: 61, prev: null }]) : bytes));
  const without = (path: string): Map<string, Uint8Array> => {
    const less = new Map(files);
    less.delete(path);
    return less;
  };
  const withFiles = (other: ReadonlyMap<string, Uint8Array>, ...paths: readonly string[]): Map<string, Uint8Array> =>
    new Map([...files, ...paths.map((path): [string, Uint8Array] => [path, other.get(path) ?? new Uint8Array(0)])]);
  const all = logOf(edited);
  const tiles = [...files.keys()].filter((path) => path.startsWith('tile/'));

  it.each<[string, Map<string, Uint8Array>, FindingCode, string]>([
    ['an entry is edited', withFiles(all, 'tile/entries/001'), 'ENTRY_NOT_ITS_LEAF', 'entry 300 does not hash to its leaf'],
    [
      'an entry in the unfinished bundle is edited',
      flip(files, 'tile/entries/002.p/88', 100),
      'ENTRY_NOT_ITS_LEAF',
      'entry 512 does not hash to its leaf',
    ],
    [
      'an entry and its leaf are edited',
      withFiles(all, 'tile/entries/001', 'tile/0/001'),
      'TILE_INCONSISTENT',
      'tile 0/1 is inconsistent with the signed head',
    ],
    ['an entry and all hashes are edited', withFiles(all, ...tiles), 'TILE_INCONSISTENT', 'tile 1/0 is inconsistent with the signed head'],
    ['a leaf is edited', flip(files, 'tile/0/000', 40), 'TILE_INCONSISTENT', 'tile 0/0 is inconsistent with the signed head'],
    [
      'a leaf of the unfinished tile is edited',
      flip(files, 'tile/0/002.p/88', 40),
      'TILE_INCONSISTENT',
      'tile 0/2 is inconsistent with the signed head',
    ],
    ['an upper tile is edited', flip(files, 'tile/1/000.p/2', 40), 'TILE_INCONSISTENT', 'tile 1/0 is inconsistent with the signed head'],
    [
      'a bundle is cut',
      new Map(files).set('tile/entries/000', (files.get('tile/entries/000') ?? new Uint8Array(0)).subarray(0, 5_000)),
      'ENTRY_UNREADABLE',
      'breaks off',
    ],
    [
      'a bundle has more',
      new Map(files).set('tile/entries/000', new Uint8Array([...(files.get('tile/entries/000') ?? []), 0, 0])),
      'ENTRY_UNREADABLE',
      'more than its 256',
    ],
    ['a bundle is away', without('tile/entries/001'), 'FILE_MISSING', 'tile/entries/001 is missing'],
    ['a tile is away', without('tile/0/001'), 'FILE_MISSING', 'tile/0/001 is missing'],
    ['an upper tile is away', without('tile/1/000.p/2'), 'FILE_MISSING', 'tile/1/000.p/2 is missing'],
    ['a tile is short', new Map(files).set('tile/0/000', new Uint8Array(HASH_BYTES)), 'TILE_UNREADABLE', 'tile/0/000'],
    ['the checkpoint is away', without('checkpoint'), 'FILE_MISSING', 'no checkpoint'],
    ['the checkpoint is none', new Map(files).set('checkpoint', utf8('hello')), 'CHECKPOINT_UNREADABLE', 'cannot be read'],
    ['the key file is none', new Map(files).set('log.vkey', utf8('hello')), 'KEY_FILE_UNREADABLE', 'log.vkey'],
    ['the head is of another size', withFiles(logOf(history(601)), 'checkpoint'), 'FILE_MISSING', 'missing'],
  ])('%s', async (_what, tampered, code, words) => {
    const first = firstOf((await walk(tampered)).findings);
    expect(first).toMatchObject({ code, words: expect.stringContaining(words) as unknown });
  });

  it('names the id of the entry where it can be read', async () => {
    const report = await walk(withFiles(all, 'tile/entries/001'));
    expect(report.findings.find(({ code }) => code === 'ENTRY_NOT_ITS_LEAF')).toMatchObject({ entry: 300, id: uuid(300) });
  });

  it('passes a log that was edited and signed anew by whoever has the key, unless something is remembered', async () => {
    const honest = history(600, 600);
    const rewritten = logOf(
      honest.map((bytes, at) => (at === 300 ? entryOf(300, [{ asset: 300, seq: 1, prev: null }], { type: 'test.forged' }) : bytes)),
    );
    expect((await walk(rewritten)).findings).toEqual([]);
    for (const size of [301, 512, 600]) {
      const report = await walk(rewritten, { since: [headOf(logOf(honest.slice(0, size)))] });
      expect(report).toMatchObject({ since: [{ size, status: 'inconsistent' }], findings: [{ code: 'OLD_CHECKPOINT_INCONSISTENT' }] });
    }
    expect(await walk(rewritten, { since: [headOf(logOf(honest.slice(0, 300)))] })).toMatchObject({
      findings: [],
      since: [{ status: 'consistent' }],
    });
  });

  it('notices that the tail was cut', async () => {
    const report = await walk(logOf(entries.slice(0, 500)), { since: [headOf(files)] });
    expect(report.findings).toMatchObject([{ code: 'OLD_CHECKPOINT_LARGER' }]);
  });

  it.each([0, 1, 255, 256, 257, 512, 599, 600])('recomputes the root that the log had at %i entries', async (size) => {
    const old = headOf(logOf(entries.slice(0, size)));
    expect(await walk(files, { since: [old] })).toMatchObject({ findings: [], since: [{ size, status: 'consistent' }] });
    if (size === 0) return;
    const other = { ...old, root: sha256(old.root) };
    expect((await walk(files, { since: [other] })).findings).toMatchObject([{ code: 'OLD_CHECKPOINT_INCONSISTENT' }]);
  });

  it('never passes and never throws, whichever byte of whichever file is flipped', async () => {
    const logs = SIZES.filter((size) => size > 0).map((size) => logOf(history(size)));
    const anyFlip = fc.nat({ max: logs.length - 1 }).chain((at) => {
      const log = logs[at] ?? files;
      return fc.constantFrom(...log.keys()).chain((path) =>
        fc.record({
          log: fc.constant(log),
          path: fc.constant(path),
          at: fc.nat({ max: (log.get(path)?.length ?? 1) - 1 }),
          by: fc.integer({ min: 1, max: 255 }),
        }),
      );
    });
    await fc.assert(
      fc.asyncProperty(anyFlip, fc.boolean(), async ({ log, path, at, by }, pinned) => {
        const report = await walk(flip(log, path, at, by), pinned ? {} : { logKeys: [] });
        expect(report.findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });

  it('never passes and never throws on files that were exchanged, cut or made up', async () => {
    const other = logOf(history(600, 3));
    const paths = fc.constantFrom(...files.keys());
    await fc.assert(
      fc.asyncProperty(
        paths,
        paths,
        fc.constantFrom('exchange', 'cut', 'other', 'noise'),
        fc.uint8Array({ maxLength: 400 }),
        async (path, from, how, noise) => {
          const own = files.get(path) ?? new Uint8Array(0);
          const taken =
            how === 'exchange'
              ? files.get(from)
              : how === 'other'
                ? other.get(path)
                : how === 'cut'
                  ? own.subarray(0, own.length >> 1)
                  : noise;
          fc.pre(Buffer.compare(own, taken ?? new Uint8Array(0)) !== 0);
          expect((await walk(new Map(files).set(path, taken ?? new Uint8Array(0)))).findings.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('what the entries say', () => {
  const chain = history(12, 1);
  const codes = async (entries: readonly Uint8Array[]): Promise<(readonly [FindingCode, number | undefined])[]> =>
    (await walk(logOf(entries))).findings.map(({ code, entry }) => [code, entry]);

  it.each<[string, readonly Uint8Array[], readonly (readonly [FindingCode, number])[], string]>([
    ['an event is left out', chain.filter((_, at) => at !== 2), [['EVENT_MISSING', 2]], `asset ${uuid(900_000)}: event 3 is missing`],
    ['three events are left out', chain.filter((_, at) => at < 4 || at > 6), [['EVENT_MISSING', 4]], 'events 5 to 7 are missing'],
    ['the first event is left out', chain.slice(1), [['EVENT_MISSING', 0]], 'event 1 is missing'],
    [
      'an event is there twice',
      [...chain.slice(0, 5), chain[3] ?? new Uint8Array(0), ...chain.slice(5)],
      [['EVENT_TWICE', 5]],
      'event 4 is there twice',
    ],
    [
      'an event was rewritten',
      chain.map((bytes, at) =>
        at === 4
          ? entryOf(4, [{ asset: 0, seq: 5, prev: toBase64Url(leafHash(sha256, chain[3] ?? new Uint8Array(0))) }], { type: 'test.forged' })
          : bytes,
      ),
      [['EVENT_UNLINKED', 5]],
      'event 6 does not link to event 5',
    ],
    [
      'the first event links to something',
      [entryOf(0, [{ asset: 0, seq: 1, prev: 'A'.repeat(43) }])],
      [['EVENT_UNLINKED', 0]],
      'event 1 does not link to the beginning',
    ],
    ['an entry is of another tenant', [entryOf(0, [], { tenant: uuid(3) })], [['ENTRY_OF_ANOTHER_TENANT', 0]], 'another tenant'],
    ['an entry is no JSON', [utf8('hello')], [['ENTRY_MALFORMED', 0]], 'not JSON'],
    ['an entry is not canonical', [utf8(` ${Buffer.from(chain[0] ?? []).toString()}`)], [['ENTRY_MALFORMED', 0]], 'not canonical'],
    [
      'an asset has no place',
      [entryOf(0, [], { about: [{ kind: 'asset', id: uuid(900_000) }] })],
      [['ENTRY_MALFORMED', 0]],
      'place in the history',
    ],
  ])('%s', async (_what, entries, expected, words) => {
    expect(await codes(entries)).toEqual(expected);
    expect((await walk(logOf(entries))).findings[0]?.words).toContain(words);
  });

  it('follows an asset across stretches', async () => {
    const entries = history(20_000, 3);
    expect((await walk(logOf(entries))).findings).toEqual([]);
    const gap = await walk(logOf(entries.filter((_, at) => at !== 16_383)));
    expect(gap.findings).toMatchObject([{ code: 'EVENT_MISSING' }]);
  });

  it('reports an unknown version and does not guess', async () => {
    const future = utf8('{"sky":"blue","v":2}');
    expect(await walk(logOf([...chain, future]))).toMatchObject({ findings: [], unknownVersions: 1, firstUnknownVersion: 12 });
  });

  it('reads log 0: signed checkpoints, whose logs only grow', async () => {
    const origin = ORIGIN.replace(/\/t\/.*/, '/0');
    const notes = [3, 5, 5, 9].map((size) => logOf(history(size)).get('checkpoint') ?? new Uint8Array(0));
    const tools = { logKeys: [keyOf(origin)] };
    expect(await walk(logOf(notes, origin), tools)).toMatchObject({ key: 'known', findings: [], entries: 4 });
    const back = [...notes, logOf(history(4)).get('checkpoint') ?? new Uint8Array(0)];
    expect((await walk(logOf(back, origin), tools)).findings).toMatchObject([{ code: 'HEAD_WENT_BACK', entry: 4 }]);
    const forked = [...notes, logOf(history(9, 2)).get('checkpoint') ?? new Uint8Array(0)];
    expect((await walk(logOf(forked, origin), tools)).findings).toMatchObject([{ code: 'HEAD_FORKED', entry: 4 }]);
    expect((await walk(logOf([...notes, chain[0] ?? new Uint8Array(0)], origin), tools)).findings).toMatchObject([
      { code: 'ENTRY_MALFORMED', entry: 4 },
    ]);
  });
});
