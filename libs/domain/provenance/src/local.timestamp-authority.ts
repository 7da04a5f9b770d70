import { createPrivateKey, hash, randomBytes, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { assert, type Clock } from '@imprimatur/kernel';
import type { TimestampAuthority } from './timestamp.authority.js';
import { certificatesOf } from './pki/pem.js';

pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto, subtle: webcrypto.subtle }));

const OID = {
  sha256: '2.16.840.1.101.3.4.2.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;
/** Under the arc of UUIDs: this authority promises nothing beyond its own clock. */
const POLICY = '2.25.329800735698586629295641978511506172918';
const SERIAL_BYTES = 9;

/**
 * The installation's own time-stamping authority: RFC 3161 tokens by the local clock. It makes a signature outlive its certificate; it is not an
 * independent witness, and whoever reads such a time is told that it is self-asserted.
 */
export class LocalTimestampAuthority implements TimestampAuthority {
  private readonly chain: readonly pkijs.Certificate[];
  private readonly leafDer: Uint8Array;
  private readonly key: Promise<webcrypto.CryptoKey>;

  /** `pem`: a P-256 key (PKCS#8), its certificate, and the certificate of its issuer. */
  constructor(
    pem: string,
    private readonly clock: Clock,
  ) {
    const chain = certificatesOf(pem);
    const [leaf] = chain;
    assert(leaf, 'a chain has a leaf');
    this.leafDer = leaf;
    this.chain = chain.map((der) => pkijs.Certificate.fromBER(buffer(der)));
    const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
    this.key = webcrypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  }

  async stamp(message: Uint8Array): Promise<Uint8Array> {
    return this.stampDigest(sha256(message));
  }

  /** DER of the token over a SHA-256; `nonce` comes back in it, as RFC 3161 asks. */
  async stampDigest(digest: Uint8Array, nonce: Uint8Array | null = null): Promise<Uint8Array> {
    const now = this.clock.now();
    const info = timestampInfo(digest, nonce, now).toSchema().toBER(false);
    const encapsulated = new pkijs.EncapsulatedContentInfo({ eContentType: OID.timestampInfo });
    // set after construction: the constructor would cut the content into pieces, which validators of RFC 3161 refuse
    encapsulated.eContent = new asn1js.OctetString({ valueHex: info });
    const signed = new pkijs.SignedData({
      version: 3,
      encapContentInfo: encapsulated,
      certificates: [...this.chain],
      signerInfos: [this.signerInfo(new Uint8Array(info), now)],
    });
    await signed.sign(await this.key, 0, 'SHA-256');
    const token = new pkijs.ContentInfo({ contentType: OID.signedData, content: signed.toSchema(true) });
    return new Uint8Array(token.toSchema().toBER(false));
  }

  private signerInfo(info: Uint8Array, now: Date): pkijs.SignerInfo {
    const [leaf] = this.chain;
    assert(leaf, 'a chain has a leaf');
    const attribute = (type: string, value: unknown): pkijs.Attribute => new pkijs.Attribute({ type, values: [value] });
    const certificateId = new asn1js.Sequence({ value: [octets(sha256(this.leafDer))] });
    return new pkijs.SignerInfo({
      version: 1,
      sid: new pkijs.IssuerAndSerialNumber({ issuer: leaf.issuer, serialNumber: leaf.serialNumber }),
      signedAttrs: new pkijs.SignedAndUnsignedAttributes({
        type: 0,
        attributes: [
          attribute(OID.contentType, new asn1js.ObjectIdentifier({ value: OID.timestampInfo })),
          attribute(OID.signingTime, new asn1js.UTCTime({ valueDate: now })),
          attribute(OID.messageDigest, octets(sha256(info))),
          attribute(OID.signingCertificateV2, new asn1js.Sequence({ value: [new asn1js.Sequence({ value: [certificateId] })] })),
        ],
      }),
    });
  }
}

function timestampInfo(digest: Uint8Array, nonce: Uint8Array | null, now: Date): pkijs.TSTInfo {
  return new pkijs.TSTInfo({
    version: 1,
    policy: POLICY,
    messageImprint: new pkijs.MessageImprint({
      hashAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: OID.sha256, algorithmParams: new asn1js.Null() }),
      hashedMessage: octets(digest),
    }),
    serialNumber: new asn1js.Integer({ valueHex: buffer(serialNumber()) }),
    genTime: now,
    ordering: true,
    accuracy: new pkijs.Accuracy({ seconds: 1 }),
    ...(nonce ? { nonce: new asn1js.Integer({ valueHex: buffer(nonce) }) } : {}),
  });
}

/** Positive, and without a leading zero byte. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = 1;
  return bytes;
}

function octets(bytes: Uint8Array): asn1js.OctetString {
  return new asn1js.OctetString({ valueHex: buffer(bytes) });
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

/** A copy of its own, as the ASN.1 library asks for. */
function buffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
