import { generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { PemSigner } from './pem.signer';
import { type Issued, issueCa, issueLeaf, issueRoot } from './pki/certificate.issuer';

const now = new Date('2026-11-23T10:00:00Z');
let ca: Issued;
let leaf: Issued;
beforeAll(async () => {
  ca = await issueCa('claim-signing', await issueRoot(now), now);
  leaf = await issueLeaf('claim-signing', ca, now);
});

describe('a signer out of a PEM file', () => {
  it('signs as COSE asks, and hands out leaf and issuer', async () => {
    const signer = new PemSigner(leaf.key, leaf.certificate + ca.certificate);
    expect(signer).toMatchObject({ algorithm: 'es256' });
    expect(signer.certificateChain).toHaveLength(2);
    const signature = await signer.sign(Buffer.from('to be signed'));
    expect(signature).toHaveLength(64);
    const { publicKey } = new X509Certificate(leaf.certificate);
    expect(verify('sha256', Buffer.from('to be signed'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  });

  it('takes its algorithm from the key', () => {
    expect(new PemSigner(ca.key, ca.certificate).algorithm).toBe('es384');
  });

  it("refuses a key that is not the certificate's", () => {
    expect(() => new PemSigner(ca.key, leaf.certificate)).toThrow(expect.objectContaining({ code: 'SIGNER_KEY_MISMATCH' }) as Error);
  });

  it('refuses a key that C2PA does not know', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => new PemSigner(pem, leaf.certificate)).toThrow(expect.objectContaining({ code: 'SIGNER_KEY_UNSUPPORTED' }) as Error);
  });

  it('refuses a file without a certificate', () => {
    expect(() => new PemSigner(leaf.key, leaf.key)).toThrow(expect.objectContaining({ code: 'PEM_UNREADABLE' }) as Error);
  });
});
