import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { bundleHash } from './bundle.hash.js';
import { checkSignature, readSignature, signBundle, signedBytes } from './bundle.signature.js';
import { SPECIMEN, specimenWith } from './specimen.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
/** An Ed25519 key from a seed of one repeated byte: signatures of it are the same every time. */
function keyOf(seed: number): { publicKey: Uint8Array; sign: (message: Uint8Array) => Uint8Array } {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { publicKey, sign: (message) => sign(null, message, key) };
}
const ed25519Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean =>
  verify(
    null,
    message,
    createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]), format: 'der', type: 'spki' }),
    signature,
  );
const legal = keyOf(1);
const stranger = keyOf(2);
const hashed = bundleHash(SPECIMEN, sha256);
const text = signBundle(hashed, legal.publicKey, legal.sign, sha256);
const statusOf = (sig: string | null, key = legal, changes: Record<string, string> = {}): string => {
  const files = specimenWith({ ...changes, 'bundle.sig': sig });
  return checkSignature(files, bundleHash(files, sha256), key.publicKey, { sha256, ed25519Verify }).status;
};

describe('the signature of a bundle', () => {
  // v1 is frozen: bundles that were signed stay signed
  it('is over these bytes and no others', () => {
    const zero = '00'.repeat(32);
    expect(Buffer.from(signedBytes(zero)).toString('hex')).toBe(`${Buffer.from('imprimatur/bundle/v1').toString('hex')}00${zero}`);
    expect(signBundle(zero, legal.publicKey, legal.sign, sha256)).toBe(
      `{"bundle":"${zero}","key":"34750f98bd59fcfc946da45aaabe933be154a4b5094e1c4abf42866505f3c97e","signature":"vD9CUmPsAVWMaMBat+jeUoKQ6H9CwwPqiD5ENOEiJy1UdprIaqZwDLFDoffNMRAt+QOgCzmArubE855g+EYiAg==","v":1}\n`,
    );
  });

  it('is good for the content that was signed, and the signature is no part of it', () => {
    expect(statusOf(text)).toBe('good');
  });

  it.each([
    ['no signature', () => statusOf(null), 'unsigned'],
    ['half a signature', () => statusOf(text.slice(0, 40)), 'unreadable'],
    ['an empty file', () => statusOf(''), 'unreadable'],
    ['a later version', () => statusOf(text.replace('"v":1', '"v":2')), 'unreadable'],
    ['one more field', () => statusOf(text.replace('"v":1', '"v":1,"by":"me"')), 'unreadable'],
    ['another key given', () => statusOf(text, stranger), 'other key'],
    ['a rule changed', () => statusOf(text, legal, { 'data/thresholds.yaml': 'thresholds: {}' }), 'other content'],
    ['a file added', () => statusOf(text, legal, { 'README.md': 'x' }), 'other content'],
    [
      'the hash put right, and not the signature',
      () => statusOf(text.replace(hashed, bundleHash(specimenWith({ 'README.md': 'x' }), sha256)), legal, { 'README.md': 'x' }),
      'forged',
    ],
    [
      "the name of the key over a stranger's signature",
      () => statusOf(signBundle(hashed, legal.publicKey, stranger.sign, sha256)),
      'forged',
    ],
  ])('is not good: %s', (_, check, expected) => {
    expect(check()).toBe(expected);
  });

  it('reads what it writes', () => {
    expect(readSignature(text)).toMatchObject({ v: 1, bundle: hashed });
  });
});
