import { constants, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { assert, Fault } from '@imprimatur/kernel';
import type { ManifestSigner, SigningAlgorithm } from './manifest.signer.js';
import { certificatesOf } from './pki/pem.js';

const CURVES: Readonly<Record<string, SigningAlgorithm>> = { prime256v1: 'es256', secp384r1: 'es384', secp521r1: 'es512' };
const DIGESTS: Readonly<Record<SigningAlgorithm, string | null>> = {
  es256: 'sha256',
  es384: 'sha384',
  es512: 'sha512',
  ps256: 'sha256',
  ed25519: null,
};

/** Signs with a key out of a PEM text, in this process. Throws Fault PEM_UNREADABLE, SIGNER_KEY_UNSUPPORTED or SIGNER_KEY_MISMATCH. */
export class PemSigner implements ManifestSigner {
  readonly algorithm: SigningAlgorithm;
  readonly certificateChain: readonly Uint8Array[];
  private readonly key: KeyObject;

  /** `keyPem`: PKCS#8. `chainPem`: the leaf first, the root left out. They may be the same text. */
  constructor(keyPem: string, chainPem: string) {
    this.certificateChain = certificatesOf(chainPem);
    this.key = createPrivateKey(keyPem);
    this.algorithm = algorithmOf(this.key);
    const [leaf] = this.certificateChain;
    assert(leaf, 'a chain has a leaf');
    if (!new X509Certificate(leaf).checkPrivateKey(this.key))
      throw unusable('SIGNER_KEY_MISMATCH', 'the key is not that of the first certificate');
  }

  async sign(toBeSigned: Uint8Array): Promise<Uint8Array> {
    const digest = DIGESTS[this.algorithm];
    if (this.algorithm === 'ps256') {
      return sign(digest, toBeSigned, {
        key: this.key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      });
    }
    return sign(digest, toBeSigned, { key: this.key, dsaEncoding: 'ieee-p1363' });
  }
}

function algorithmOf(key: KeyObject): SigningAlgorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return 'ed25519';
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) return 'ps256';
  const algorithm = type === 'ec' ? CURVES[details?.namedCurve ?? ''] : undefined;
  if (algorithm) return algorithm;
  throw unusable('SIGNER_KEY_UNSUPPORTED', 'the key is none of P-256, P-384, P-521, RSA of 2048 bits or more, Ed25519');
}

function unusable(code: string, message: string): Fault {
  return new Fault({ room: 'provenance', code, message, safe: true });
}
