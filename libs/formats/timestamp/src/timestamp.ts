import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { equalBytes, fromBase64 } from '@imprimatur/kernel';

const OID = {
  sha256: '2.16.840.1.101.3.4.2.1',
  signedData: '1.2.840.113549.1.7.2',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  extendedKeyUsage: '2.5.29.37',
  commonName: '2.5.4.3',
} as const;
const GRANTED = [0, 1];

export type TimestampReport =
  | {
      readonly status: 'good';
      /** RFC 3339, as the authority says it. */
      readonly time: string;
      /** pinned: its certificate leads to an anchor that the verifier brought. unknown: anybody could have made it. */
      readonly authority: 'pinned' | 'unknown';
      /** Common name of the authority's certificate, as it stands there; empty when it has none. */
      readonly name: string;
      /** RFC 3339: when the authority's certificate ends, before which the stamp must be renewed. */
      readonly expiresAt: string;
    }
  | { readonly status: 'broken'; readonly why: string };

/** RFC 3161 TimeStampReq (DER) for a SHA-256 digest, asking for the certificates; `nonce` is up to 8 bytes, the first below 0x80. */
export function timestampRequest(digest: Uint8Array, nonce: Uint8Array): Uint8Array {
  const request = new pkijs.TimeStampReq({
    version: 1,
    messageImprint: new pkijs.MessageImprint({
      hashAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: OID.sha256, algorithmParams: new asn1js.Null() }),
      hashedMessage: new asn1js.OctetString({ valueHex: copy(digest) }),
    }),
    nonce: new asn1js.Integer({ valueHex: copy(nonce) }),
    certReq: true,
  });
  return new Uint8Array(request.toSchema().toBER(false));
}

/** The token (DER of its ContentInfo) in an authority's answer to a request with this nonce; a text says why there is none. */
export function tokenOfResponse(response: Uint8Array, nonce: Uint8Array): Uint8Array | string {
  try {
    const { status, timeStampToken } = pkijs.TimeStampResp.fromBER(copy(response));
    if (!GRANTED.includes(status.status)) return `the authority answered with status ${status.status}`;
    if (!timeStampToken) return 'the answer holds no token';
    const { encapContentInfo } = new pkijs.SignedData({ schema: timeStampToken.content });
    const answered = encapContentInfo.eContent && pkijs.TSTInfo.fromBER(encapContentInfo.eContent.getValue()).nonce;
    if (!answered || !equalBytes(new Uint8Array(answered.valueBlock.valueHexView), nonce)) return 'the answer is to another request';
    return new Uint8Array(timeStampToken.toSchema().toBER(false));
  } catch {
    return 'the answer is no RFC 3161 response';
  }
}

/**
 * Whether the token stamps SHA-256 of `message`, by a certificate made for nothing but that, and whether this one leads to one of the
 * anchors (PEM certificates; null: none are pinned). Never throws.
 */
export async function verifyTimestamp(token: Uint8Array, message: Uint8Array, anchorsPem: string | null): Promise<TimestampReport> {
  try {
    return await verify(token, message, anchorsPem);
  } catch (error) {
    return { status: 'broken', why: error instanceof Error ? error.message : 'the token cannot be read' };
  }
}

async function verify(token: Uint8Array, message: Uint8Array, anchorsPem: string | null): Promise<TimestampReport> {
  const content = pkijs.ContentInfo.fromBER(copy(token));
  if (content.contentType !== OID.signedData) return broken('it is no signed data');
  const signed = new pkijs.SignedData({ schema: content.content });
  const { eContent, eContentType } = signed.encapContentInfo;
  if (eContentType !== OID.timestampInfo || !eContent) return broken('it is no RFC 3161 token');
  const info = pkijs.TSTInfo.fromBER(eContent.getValue());
  if (info.messageImprint.hashAlgorithm.algorithmId !== OID.sha256) return broken('its imprint is not a SHA-256');
  const leaf = signerOf(signed);
  if (!leaf) return broken('it does not bring the certificate of its signer');
  if (!isForStamping(leaf)) return broken('its certificate is not one of a time-stamping authority');
  if (info.genTime < leaf.notBefore.value || info.genTime > leaf.notAfter.value)
    return broken('its certificate was not valid at that time');
  const data = copy(message);
  const crypto = engine();
  if (!(await signed.verify({ signer: 0, data, checkChain: false }, crypto))) return broken('it does not stamp this');
  const anchors = anchorsPem === null ? [] : certificatesIn(anchorsPem);
  const authority = anchors.length > 0 && (await leadsTo(signed, data, anchors, crypto)) ? 'pinned' : 'unknown';
  return {
    status: 'good',
    time: info.genTime.toISOString(),
    authority,
    name: nameOf(leaf),
    expiresAt: leaf.notAfter.value.toISOString(),
  };
}

/** pkijs throws for a chain that leads nowhere. */
async function leadsTo(
  signed: pkijs.SignedData,
  data: ArrayBuffer,
  trustedCerts: pkijs.Certificate[],
  crypto: pkijs.CryptoEngine,
): Promise<boolean> {
  try {
    return await signed.verify({ signer: 0, data, checkChain: true, trustedCerts, passedWhenNotRevValues: true }, crypto);
  } catch {
    return false;
  }
}

function signerOf(signed: pkijs.SignedData): pkijs.Certificate | null {
  const sid: unknown = signed.signerInfos[0]?.sid;
  if (signed.signerInfos.length !== 1 || !(sid instanceof pkijs.IssuerAndSerialNumber)) return null;
  const certificates = (signed.certificates ?? []).filter((each): each is pkijs.Certificate => each instanceof pkijs.Certificate);
  return certificates.find(({ issuer, serialNumber }) => issuer.isEqual(sid.issuer) && serialNumber.isEqual(sid.serialNumber)) ?? null;
}

/** RFC 3161, 2.3: extended key usage critical, and exactly timeStamping. */
function isForStamping(certificate: pkijs.Certificate): boolean {
  const usage = certificate.extensions?.find(({ extnID }) => extnID === OID.extendedKeyUsage);
  const purposes = (usage?.parsedValue as pkijs.ExtKeyUsage | undefined)?.keyPurposes ?? [];
  return usage?.critical === true && purposes.length === 1 && purposes[0] === OID.timeStamping;
}

function nameOf(certificate: pkijs.Certificate): string {
  const name = certificate.subject.typesAndValues.find(({ type }) => type === OID.commonName);
  return name ? String(name.value.valueBlock.value) : '';
}

function certificatesIn(pem: string): pkijs.Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const seen: Uint8Array[] = [];
  return blocks.flatMap((block) => {
    const der = fromBase64(block.replace(/-----[^-]+-----|\s/g, ''));
    if (seen.some((known) => equalBytes(known, der))) return [];
    seen.push(der);
    return [pkijs.Certificate.fromBER(copy(der))];
  });
}

/** Web Crypto of whoever runs this: a browser, Node, a worker thread. */
function engine(): pkijs.CryptoEngine {
  const { crypto } = globalThis;
  return new pkijs.CryptoEngine({ name: 'web', crypto, subtle: crypto.subtle });
}

function broken(why: string): TimestampReport {
  return { status: 'broken', why };
}

/** A copy of its own, as the ASN.1 library asks for. */
function copy(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
