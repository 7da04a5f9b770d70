import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { CLAIM_SIGNING_EKU, DEVELOPMENT_CA_MARK, EMAIL_PROTECTION_EKU, TIME_STAMPING_EKU } from '@imprimatur/formats/manifest';
import { toHex } from '@imprimatur/kernel';
import { toPem } from './pem.js';

x509.cryptoProvider.set(webcrypto);

const P384 = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' } as const;
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks differ: a certificate is valid a little before it was made. */
const BACKDATED_MS = 3_600_000;
const ROOT_DAYS = 3_650;
const CA_DAYS = 1_826;
/** C2PA's certificate profile allows no more. */
const CLAIM_LEAF_DAYS = 365;

export type Purpose = 'claim-signing' | 'time-stamping';

const PURPOSES = {
  'claim-signing': {
    name: 'Claim Signing',
    ekus: [CLAIM_SIGNING_EKU, EMAIL_PROTECTION_EKU],
    ekuCritical: false,
    leafDays: CLAIM_LEAF_DAYS,
  },
  // exactly one usage, critical, as RFC 3161 asks
  'time-stamping': { name: 'Time Stamping', ekus: [TIME_STAMPING_EKU], ekuCritical: true, leafDays: CA_DAYS },
} as const;

/** A certificate with its key. PEM texts. */
export interface Issued {
  readonly certificate: string;
  /** PKCS#8. */
  readonly key: string;
}

const organised = (commonName: string): string => `CN=${commonName}, O=${DEVELOPMENT_CA_MARK}, C=ZZ`;

/** Root of a development CA: P-384, signs only CAs. Its name is unique, so that two installations' roots can stand in one list of anchors. */
export async function issueRoot(now: Date): Promise<Issued> {
  const keys = await makeKeys(P384);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: organised(`${DEVELOPMENT_CA_MARK} Root ${toHex(randomBytes(4))}`),
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: daysAfter(now, ROOT_DAYS),
    signingAlgorithm: P384,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return issued(certificate, keys);
}

/** An issuing CA for one purpose: P-384, may sign leaves only. */
export async function issueCa(purpose: Purpose, root: Issued, now: Date): Promise<Issued> {
  const keys = await makeKeys(P384);
  const { name, ekus } = PURPOSES[purpose];
  return issue(root, keys, {
    commonName: `${DEVELOPMENT_CA_MARK} ${name} CA`,
    now,
    days: CA_DAYS,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension([...ekus], false),
    ],
  });
}

/** The certificate that signs claims or time stamps: P-256. Never valid longer than its issuer. */
export async function issueLeaf(purpose: Purpose, ca: Issued, now: Date): Promise<Issued> {
  const keys = await makeKeys(P256);
  const { name, ekus, ekuCritical, leafDays } = PURPOSES[purpose];
  return issue(ca, keys, {
    commonName: `${DEVELOPMENT_CA_MARK} ${name}`,
    now,
    days: leafDays,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation, true),
      new x509.ExtendedKeyUsageExtension([...ekus], ekuCritical),
    ],
  });
}

interface Wish {
  readonly commonName: string;
  readonly now: Date;
  readonly days: number;
  readonly extensions: readonly x509.Extension[];
}

async function issue(issuer: Issued, keys: webcrypto.CryptoKeyPair, { commonName, now, days, extensions }: Wish): Promise<Issued> {
  const parent = new x509.X509Certificate(issuer.certificate);
  const wanted = daysAfter(now, days);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: organised(commonName),
    issuer: parent.subject,
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: wanted < parent.notAfter ? wanted : parent.notAfter,
    signingAlgorithm: P384,
    publicKey: keys.publicKey,
    signingKey: await importKey(issuer.key),
    extensions: [
      ...extensions,
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(parent.publicKey),
    ],
  });
  return issued(certificate, keys);
}

async function issued(certificate: x509.X509Certificate, { privateKey }: webcrypto.CryptoKeyPair): Promise<Issued> {
  const pkcs8 = new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  return { certificate: `${certificate.toString('pem').trim()}\n`, key: toPem('PRIVATE KEY', pkcs8) };
}

async function makeKeys(algorithm: typeof P256 | typeof P384): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, P384, false, ['sign']);
}

function daysAfter(now: Date, days: number): Date {
  return new Date(now.getTime() + days * DAY_MS);
}

/** 16 bytes, positive. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 1;
  return toHex(bytes);
}
