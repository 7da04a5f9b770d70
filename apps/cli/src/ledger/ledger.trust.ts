import { readFileSync } from 'node:fs';
import { type RememberedHead, verifyReceipt } from '@imprimatur/formats/ledger';
import {
  isSignedBy,
  judgeWitnessPolicy,
  type LogKey,
  parseCheckpoint,
  parseTlogProof,
  parseVkey,
  parseWitnessPolicy,
  type SignedCheckpoint,
  type WitnessPolicy,
} from '@imprimatur/formats/merkle';
import { loadConfig } from '@imprimatur/platform/config';
import { ed25519Verify, hmacSha256, sha256 } from '../node.digests.js';
import { UsageError } from '../usage.error.js';
import { readTrust } from '../verify.trust.js';

export interface TrustOptions {
  readonly home?: string;
  readonly logKey?: readonly string[];
  readonly trustAnchors?: readonly string[];
  readonly policy?: string;
}

/** What the verifier believes before it sees anything. */
export interface LedgerTrust {
  /** Pinned by hand, by the home, or by the policy. */
  readonly logKeys: readonly LogKey[];
  readonly policy?: WitnessPolicy;
  /** Certificates that stamps may lead to. */
  readonly anchorsPem: string | null;
}

/** A head from an earlier time, and whether the policy's witnesses stood behind it. */
export interface Memory extends RememberedHead {
  readonly file: string;
  readonly isWitnessed: boolean;
}

/** Throws UsageError for an option that names nothing usable. */
export function readLedgerTrust({ home, logKey = [], trustAnchors = [], policy }: TrustOptions): LedgerTrust {
  const base = home ?? loadConfig({ IMPRIMATUR_HOME: process.env.IMPRIMATUR_HOME }).home;
  const pinned = readTrust(base, trustAnchors, logKey, policy);
  const read = pinned.witnessPolicy === null ? null : parseWitnessPolicy(sha256, pinned.witnessPolicy);
  const logKeys = [...pinned.logVkeys.flatMap((vkey) => parseVkey(sha256, vkey) ?? []), ...(read?.logs ?? [])];
  return { logKeys, anchorsPem: pinned.trustAnchorsPem, ...(read && { policy: read }) };
}

/** Checkpoints, receipts or `.tlog-proof` files of earlier times. Throws UsageError for what is none, or was not signed by a pinned key. */
export function readMemories(files: readonly string[], trust: LedgerTrust): readonly Memory[] {
  return files.map((file) => readMemory(file, trust));
}

function readMemory(file: string, trust: LedgerTrust): Memory {
  const text = readText(file, '--since');
  const { checkpoint, isWitnessed } = text.trimStart().startsWith('{') ? ofReceipt(file, text, trust) : ofNote(text, trust);
  if (!checkpoint) throw new UsageError(`--since ${file} is no checkpoint, receipt or .tlog-proof file`);
  const { origin, size, root } = checkpoint;
  const own = trust.logKeys.filter(({ name }) => name === origin);
  if (own.length > 0 && !own.some((key) => isSignedBy(checkpoint, key, ed25519Verify)))
    throw new UsageError(`--since ${file} is not signed by the key that is pinned for ${origin}: it says nothing about that log`);
  return { file, origin, size, root, isWitnessed };
}

interface ReadMemory {
  readonly checkpoint: SignedCheckpoint | null;
  readonly isWitnessed: boolean;
}

function ofNote(text: string, { policy }: LedgerTrust): ReadMemory {
  const checkpoint = parseTlogProof(text)?.checkpoint ?? parseCheckpoint(text);
  const isWitnessed = Boolean(
    checkpoint && policy && policy.quorum !== null && judgeWitnessPolicy(policy, checkpoint, ed25519Verify).isSatisfied,
  );
  return { checkpoint, isWitnessed };
}

function ofReceipt(file: string, text: string, { logKeys, policy }: LedgerTrust): ReadMemory {
  const receipt = parseJson(text);
  const report = verifyReceipt(receipt, { sha256, hmacSha256, ed25519Verify, logKeys, ...(policy && { policy }) });
  if (report.status !== 'consistent') throw new UsageError(`--since ${file}: ${report.why}`);
  return {
    checkpoint: parseCheckpoint((receipt as { readonly checkpoint: string }).checkpoint),
    isWitnessed: report.witnesses === 'witnessed',
  };
}

/** Undefined for a text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
