import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { Fault, fromHex, toHex } from '@imprimatur/kernel';
import type { ManifestSigner } from '../manifest.signer';
import { cborArray, cborBytes, cborInt, cborMap, cborText } from './cbor';
import { signClaim } from './cose-sign1';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const claim = Buffer.from('a claim');
const seen: Uint8Array[] = [];
const signer: ManifestSigner = {
  algorithm: 'es256',
  certificateChain: [Buffer.from('leaf'), Buffer.from('issuer')],
  sign: async (toBeSigned) => {
    seen.push(toBeSigned);
    return sign('sha256', toBeSigned, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  },
};

describe('CBOR', () => {
  // RFC 8949, appendix A
  it.each([
    ['0', cborInt(0), '00'],
    ['23', cborInt(23), '17'],
    ['24', cborInt(24), '1818'],
    ['1000', cborInt(1000), '1903e8'],
    ['1000000', cborInt(1_000_000), '1a000f4240'],
    ['-1', cborInt(-1), '20'],
    ['-1000', cborInt(-1000), '3903e7'],
    ["h'01020304'", cborBytes(fromHex('01020304')), '4401020304'],
    ['"IETF"', cborText('IETF'), '6449455446'],
    ['"水"', cborText('水'), '63e6b0b4'],
    ['[1, 2, 3]', cborArray(cborInt(1), cborInt(2), cborInt(3)), '83010203'],
    ['{1: 2, 3: 4}', cborMap([cborInt(1), cborInt(2)], [cborInt(3), cborInt(4)]), 'a201020304'],
  ])('writes %s', (_value, bytes, hex) => {
    expect(toHex(bytes)).toBe(hex);
  });
});

describe('the signature of a claim', () => {
  it('fills exactly the reserved place, whatever its size', async () => {
    const fits = (size: number): Promise<number | string> =>
      signClaim(claim, signer, null, size).then(
        ({ length }) => length,
        (error: unknown) => (error instanceof Fault ? error.code : String(error)),
      );
    // 20 bytes more than without any padding: from there on every size has one
    let bare = 1;
    while ((await fits(bare)) !== bare) bare += 1;
    for (let size = bare + 20; size < bare + 400; size += 1) expect(await fits(size)).toBe(size);
    expect(await fits(bare - 1)).toBe('SIGNATURE_TOO_LARGE');
  });

  it('is over the claim, the algorithm and the certificates', async () => {
    const signed = await signClaim(claim, signer, null, 500);
    const toBeSigned = seen.at(-1) ?? new Uint8Array();
    expect(Buffer.from(toBeSigned).includes(claim)).toBe(true);
    expect(Buffer.from(toBeSigned).includes('leaf')).toBe(true);
    const signature = signed.subarray(-64);
    expect(verify('sha256', toBeSigned, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    expect(toHex(signed.subarray(0, 2))).toBe('d284');
  });

  it('carries the time stamp that was made over the signature', async () => {
    const stamped: Uint8Array[] = [];
    const authority = {
      stamp: async (message: Uint8Array) => {
        stamped.push(message);
        return Buffer.from('a token');
      },
    };
    const signed = Buffer.from(await signClaim(claim, signer, authority, 600));
    expect(signed.includes('sigTst2') && signed.includes('a token')).toBe(true);
    expect(Buffer.from(stamped[0] ?? []).includes(signed.subarray(-64))).toBe(true);
  });
});
