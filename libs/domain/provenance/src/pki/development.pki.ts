import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Clock, Fault } from '@imprimatur/kernel';
import { type Issued, issueCa, issueLeaf, issueRoot, type Purpose } from './certificate.issuer.js';
import { draftName, replaceFile, syncFolder, writeDurably } from '@imprimatur/platform/files';

/** What a development installation signs with. PEM texts; the first two hold keys. */
export interface DevelopmentPki {
  /** Key, leaf and issuing CA. */
  readonly claimSigning: string;
  readonly timeStamping: string;
  /** The root alone. */
  readonly root: string;
}

const RENEW_DAYS = 30;
const DAY_MS = 86_400_000;
const PURPOSES: readonly Purpose[] = ['claim-signing', 'time-stamping'];

const caFile = (purpose: Purpose): string => `${purpose}-ca.pem`;
const leafFile = (purpose: Purpose): string => `${purpose}.pem`;

/**
 * The development CA and time-stamping authority of this home, made when they are asked for the first time: `<home>/pki` (keys, 0600) and
 * `<home>/trust` (certificates, for verifiers). Any number of processes may ask at once; one of them wins. Leaves are renewed thirty days before
 * they expire. Throws Fault PKI_EXPIRED when a CA itself is at its end.
 */
export async function ensureDevelopmentPki(home: string, clock: Clock): Promise<DevelopmentPki> {
  const folder = join(home, 'pki');
  if (!existsSync(join(folder, 'root.pem'))) await makePki(folder, clock);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  for (const purpose of PURPOSES) await renewLeaf(folder, purpose, clock);
  const root = certificatePart(read('root.pem'));
  publish(home, root, certificatePart(read(caFile('time-stamping'))));
  return { claimSigning: read(leafFile('claim-signing')), timeStamping: read(leafFile('time-stamping')), root };
}

/** The folder appears whole, by rename; a process that comes second throws its own away. */
async function makePki(folder: string, clock: Clock): Promise<void> {
  const now = clock.now();
  const draft = draftName(folder);
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  mkdirSync(draft, { mode: 0o700 });
  const write = (name: string, text: string): void => writeDurably(join(draft, name), text, 0o600);
  const root = await issueRoot(now);
  write('root.pem', whole(root));
  for (const purpose of PURPOSES) {
    const ca = await issueCa(purpose, root, now);
    write(caFile(purpose), whole(ca));
    write(leafFile(purpose), whole(await issueLeaf(purpose, ca, now), ca.certificate));
  }
  syncFolder(draft);
  try {
    renameSync(draft, folder);
    syncFolder(dirname(folder));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(join(folder, 'root.pem'))) throw error;
  }
}

async function renewLeaf(folder: string, purpose: Purpose, clock: Clock): Promise<void> {
  const now = clock.now();
  const file = join(folder, leafFile(purpose));
  if (daysLeft(readFileSync(file, 'utf8'), now) > RENEW_DAYS) return;
  const caText = readFileSync(join(folder, caFile(purpose)), 'utf8');
  if (daysLeft(caText, now) <= RENEW_DAYS) {
    throw new Fault({
      room: 'provenance',
      code: 'PKI_EXPIRED',
      message: `the development CA in ${folder} is at its end: move the folder away, and a new one is made`,
      safe: true,
    });
  }
  const ca: Issued = { certificate: certificatePart(caText), key: keyPart(caText) };
  // two processes may both renew: either leaf is good, and each file is whole
  replaceFile(file, whole(await issueLeaf(purpose, ca, now), ca.certificate), 0o600);
}

/** What a verifier on this machine pins. Anchors that an operator added stay. */
function publish(home: string, root: string, timeStampingCa: string): void {
  const anchors = join(home, 'trust', 'anchors.pem');
  const pinned = existsSync(anchors) ? readFileSync(anchors, 'utf8') : '';
  if (!pinned.includes(root.trim())) replaceFile(anchors, `${pinned}${root}`, 0o644);
  const tsa = join(home, 'trust', 'tsa.pem');
  if (!existsSync(tsa) || readFileSync(tsa, 'utf8') !== timeStampingCa) replaceFile(tsa, timeStampingCa, 0o644);
}

function whole({ key, certificate }: Issued, ...issuers: readonly string[]): string {
  return [key, certificate, ...issuers].join('');
}

function certificatePart(pem: string): string {
  return `${pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----')).trim()}\n`;
}

function keyPart(pem: string): string {
  return pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE-----'));
}

/** Of the first certificate. */
function daysLeft(pem: string, now: Date): number {
  return (new Date(new X509Certificate(certificatePart(pem)).validTo).getTime() - now.getTime()) / DAY_MS;
}
