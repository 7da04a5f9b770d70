import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { fromHex, type Sha256, toHex, utf8 } from '@imprimatur/kernel';
import { leafHash, nodeHash } from './hash';
import { checkpointText, type Ed25519Verify, formatVkey, isSignedBy, keyIdOf, parseCheckpoint, parseVkey, signedNote } from './note';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from './proof';
import { bundlePath, bundlesOf, decodeBundle, encodeBundle, hashSourceOf, parseTilePath, tilePath, tilesOf } from './tile';
import { edgeOf, Tree } from './tree';

const sha256: Sha256 = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** RFC 6962 by its own recursive definition: the tests' oracle. */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  const [only] = leaves;
  if (leaves.length === 1 && only) return leafHash(sha256, only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(sha256, rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** The eight entries of the certificate-transparency reference implementation, with its roots. */
const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(fromHex);
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const grow = (leaves: readonly Uint8Array[]): { tree: Tree; nodes: Map<string, Uint8Array> } => {
  const tree = Tree.empty(sha256);
  const nodes = new Map<string, Uint8Array>();
  for (const [index, entry] of leaves.entries()) {
    const leaf = leafHash(sha256, entry);
    nodes.set(`0/${index}`, leaf);
    for (const { level, index: at, hash } of tree.append(leaf)) nodes.set(`${level}/${at}`, hash);
  }
  return { tree, nodes };
};
const sourceOf = (nodes: Map<string, Uint8Array>) => (level: number, index: number) => {
  const hash = nodes.get(`${level}/${index}`);
  if (!hash) throw new Error(`no node ${level}/${index}`);
  return hash;
};
const logs = fc.integer({ min: 1, max: 300 }).map((size) => Array.from({ length: size }, (_, at) => utf8(`entry ${at}`)));

describe('the tree', () => {
  it.each(ROOTS.map((root, at) => [at + 1, root]))('has the root of the reference vectors at size %i', (size, root) => {
    expect(toHex(grow(ENTRIES.slice(0, Number(size))).tree.root())).toBe(root);
  });

  it('is the tree of RFC 6962 at every size, also after it was restored from its edge', () => {
    fc.assert(
      fc.property(logs, (leaves) => {
        const { tree, nodes } = grow(leaves);
        expect(toHex(tree.root())).toBe(toHex(rootOf(leaves)));
        const restored = Tree.restore(sha256, leaves.length, sourceOf(nodes));
        restored.append(leafHash(sha256, utf8('one more')));
        expect(toHex(restored.root())).toBe(toHex(rootOf([...leaves, utf8('one more')])));
        expect(edgeOf(leaves.length).length).toBe(leaves.length.toString(2).replaceAll('0', '').length);
      }),
      { numRuns: 30 },
    );
  });
});

describe('proofs', () => {
  it('of inclusion hold for their leaf and for nothing else', () => {
    fc.assert(
      fc.property(logs, fc.nat(), fc.nat(), (leaves, some, other) => {
        const { tree, nodes } = grow(leaves);
        const index = some % leaves.length;
        const wrong = other % leaves.length;
        const proof = inclusionProof(sha256, sourceOf(nodes), index, leaves.length);
        const claim = { leaf: leafHash(sha256, leaves[index] ?? utf8('')), index, size: leaves.length, root: tree.root(), proof };
        expect(verifyInclusion(sha256, claim)).toBe(true);
        expect(verifyInclusion(sha256, { ...claim, leaf: leafHash(sha256, utf8('forged')) })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, proof: [...proof, claim.root] })).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(sha256, { ...claim, proof: proof.slice(1) })).toBe(false);
        if (wrong !== index) expect(verifyInclusion(sha256, { ...claim, index: wrong })).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('of consistency hold between any two sizes, and not for a rewritten past', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (leaves, some) => {
        const { tree, nodes } = grow(leaves);
        const oldSize = some % (leaves.length + 1);
        const oldRoot = rootOf(leaves.slice(0, oldSize));
        const proof = consistencyProof(sha256, sourceOf(nodes), oldSize, leaves.length);
        const claim = { oldSize, oldRoot, size: leaves.length, root: tree.root(), proof };
        expect(verifyConsistency(sha256, claim)).toBe(true);
        if (oldSize > 0) expect(verifyConsistency(sha256, { ...claim, oldRoot: sha256(utf8('rewritten')) })).toBe(false);
        if (oldSize > 0 && oldSize < leaves.length) {
          expect(verifyConsistency(sha256, { ...claim, root: sha256(utf8('forked')) })).toBe(false);
          expect(verifyConsistency(sha256, { ...claim, proof: proof.slice(0, -1) })).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('tiles', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 2, width: 88 }, 'tile/0/002.p/88'],
    [{ level: 1, index: 0, width: 2 }, 'tile/1/000.p/2'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
  ])('are at %j: %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual({ kind: 'tile', ...tile });
  });

  it.each([
    'tile/0/0',
    'tile/0/x000/001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/00/000',
    'tile/9/000',
    'tile/entries/000/',
    '../tile/0/000',
  ])('are not at %s', (path) => {
    expect(parseTilePath(path)).toBeNull();
  });

  it('hold every node that a proof needs', () => {
    const leaves = Array.from({ length: 600 }, (_, at) => utf8(`entry ${at}`));
    const { tree, nodes } = grow(leaves);
    const tiles = new Map(
      tilesOf(600).map(({ level, index, width }) => [
        `${level}/${index}`,
        Buffer.concat(Array.from({ length: width }, (_, at) => sourceOf(nodes)(level * 8, index * 256 + at))),
      ]),
    );
    const get = hashSourceOf(sha256, (level, index) => tiles.get(`${level}/${index}`) ?? new Uint8Array(0));
    const proof = inclusionProof(sha256, get, 300, 600);
    expect(verifyInclusion(sha256, { leaf: leafHash(sha256, utf8('entry 300')), index: 300, size: 600, root: tree.root(), proof })).toBe(
      true,
    );
    expect(tilesOf(600).map(tilePath)).toEqual(['tile/0/000', 'tile/0/001', 'tile/0/002.p/88', 'tile/1/000.p/2']);
    expect(bundlesOf(600).map(bundlePath)).toEqual(['tile/entries/000', 'tile/entries/001', 'tile/entries/002.p/88']);
  });

  it('carry entries of any length', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 })), (entries) => {
        expect(decodeBundle(encodeBundle(entries))?.map((each) => [...each])).toEqual(entries.map((each) => [...each]));
      }),
    );
    expect(decodeBundle(Uint8Array.of(0, 3, 1))).toBeNull();
  });
});

describe('signed checkpoints', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  const ed25519Verify: Ed25519Verify = (key, message, signature) =>
    Buffer.compare(key, raw) === 0 && verify(null, message, publicKey, signature);
  const origin = 'imprimatur.test/a/t/b';
  const text = checkpointText({ origin, size: 7, root: sha256(utf8('root')) });
  const note = signedNote(text, {
    name: origin,
    keyId: keyIdOf(sha256, origin, raw),
    signature: new Uint8Array(sign(null, utf8(text), privateKey)),
  });
  const key = parseVkey(sha256, formatVkey(sha256, origin, raw));

  it('are read back, and hold for their log and key only', () => {
    const checkpoint = parseCheckpoint(note);
    expect(checkpoint).toMatchObject({ origin, size: 7 });
    if (!checkpoint || !key) throw new Error('both are readable');
    expect(isSignedBy(checkpoint, key, ed25519Verify)).toBe(true);
    expect(isSignedBy({ ...checkpoint, origin: 'another.log' }, key, ed25519Verify)).toBe(false);
    const forged = parseCheckpoint(note.replace('\n7\n', '\n8\n'));
    expect(forged && isSignedBy(forged, key, ed25519Verify)).toBe(false);
  });

  it('refuse what is no checkpoint, and a key whose id does not fit', () => {
    for (const wrong of ['', 'x', text, note.slice(0, -1), note.replace('\n7\n', '\n07\n'), note.replace('— ', '- ')])
      expect(parseCheckpoint(wrong)).toBeNull();
    expect(parseVkey(sha256, formatVkey(sha256, origin, raw).replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toBeNull();
  });
});
