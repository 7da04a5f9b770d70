import { fromBase64, fromBase64Url, type Json, toBase64, toBase64Url } from '@imprimatur/kernel';
import {
  isSignedBy,
  judgeWitnessPolicy,
  leafHash,
  parseCheckpoint,
  type SignedCheckpoint,
  verifyInclusion,
} from '@imprimatur/formats/merkle';
import { type Anchor, type AnchorsReport, checkAnchors } from './anchor.js';
import { commitment } from './commitment.js';
import { type Entry, parseEntry } from './entry.js';
import type { ReceiptTools } from './receipt.tools.js';

export interface DisclosedPart {
  /** base64url, 32 bytes. */
  readonly salt: string;
  /** base64. */
  readonly bytes: string;
}

/** Receipt v1: proves that one entry is in a log, with what is disclosed of it. Frozen; `anchors` gains kinds. */
export interface Receipt {
  readonly v: 1;
  /** The exact bytes of the entry, base64. */
  readonly entry: string;
  readonly parts: Readonly<Record<string, DisclosedPart>>;
  /** Leaf index in the log. */
  readonly index: number;
  /** Audit path, base64 each, from the leaf up. */
  readonly proof: readonly string[];
  /** The signed checkpoint that the proof leads to. */
  readonly checkpoint: string;
  /** Log 0 proof, witness cosignatures, timestamps; empty: operator only. */
  readonly anchors: readonly Json[];
}

export interface ReceiptParts {
  readonly entry: Uint8Array;
  readonly parts: Readonly<Record<string, { readonly salt: Uint8Array; readonly bytes: Uint8Array }>>;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: string;
  /** In the order in which they build on each other: log 0, timestamp, renewals. */
  readonly anchors?: readonly Anchor[];
}

export function makeReceipt({ entry, parts, index, proof, checkpoint, anchors = [] }: ReceiptParts): Receipt {
  const disclosed = Object.entries(parts).map(([name, part]): [string, DisclosedPart] => [
    name,
    { salt: toBase64Url(part.salt), bytes: toBase64(part.bytes) },
  ]);
  return {
    v: 1,
    entry: toBase64(entry),
    parts: Object.fromEntries(disclosed),
    index,
    proof: proof.map(toBase64),
    checkpoint,
    anchors: anchors.map((anchor) => ({ ...anchor })),
  };
}

export type ReceiptReport =
  | {
      readonly status: 'consistent';
      readonly entry: Entry;
      readonly origin: string;
      readonly index: number;
      readonly size: number;
      /** known: signed by a pinned key of this log. unknown: consistent in itself, but nobody we know vouches for it. */
      readonly key: 'known' | 'unknown';
      /** witnessed: the quorum of the verifier's own policy cosigned. operator only: no independent witness stands behind it. */
      readonly witnesses: 'witnessed' | 'operator only';
      readonly anchors: AnchorsReport;
      /** Bytes of each disclosed part, checked against the entry's commitment. */
      readonly parts: Readonly<Record<string, Uint8Array>>;
    }
  | { readonly status: 'broken'; readonly check: ReceiptCheck; readonly why: string }
  | { readonly status: 'unknown'; readonly why: string };

export type ReceiptCheck = 'receipt' | 'entry' | 'part' | 'checkpoint' | 'proof' | 'signature' | 'anchor';

/** Checks everything that a receipt says of itself. Never throws. */
export function verifyReceipt(receipt: unknown, tools: ReceiptTools): ReceiptReport {
  const read = readReceipt(receipt);
  if (read === 'unknown-version') return { status: 'unknown', why: 'a receipt of another version' };
  if (read === null) return broken('receipt', 'it is not a receipt');
  const parsed = parseEntry(read.entry);
  if (parsed.status === 'unknown-version') return { status: 'unknown', why: `an entry of version ${String(parsed.version)}` };
  if (parsed.status === 'malformed') return broken('entry', `the entry is ${parsed.why}`);
  const { entry } = parsed;
  for (const [name, { salt, bytes }] of Object.entries(read.parts)) {
    if (entry.parts[name] !== commitment(tools.hmacSha256, salt, entry.id, name, bytes)) {
      return broken('part', `what is disclosed as '${name}' is not what the entry commits to`);
    }
  }
  const { checkpoint } = read;
  const inclusion = {
    leaf: leafHash(tools.sha256, read.entry),
    index: read.index,
    size: checkpoint.size,
    root: checkpoint.root,
    proof: read.proof,
  };
  if (!verifyInclusion(tools.sha256, inclusion)) return broken('proof', 'the entry is not in the tree of the checkpoint');
  const key = signedBy(checkpoint, tools);
  if (key === 'forged') return broken('signature', 'the checkpoint is not signed by the pinned key of its log');
  const anchors = checkAnchors(read.anchors, read.note, tools);
  if (typeof anchors === 'string') return broken('anchor', anchors);
  const parts = Object.fromEntries(Object.entries(read.parts).map(([name, { bytes }]) => [name, bytes]));
  return {
    status: 'consistent',
    entry,
    origin: checkpoint.origin,
    index: read.index,
    size: checkpoint.size,
    key,
    witnesses: isWitnessed(checkpoint, anchors, tools) ? 'witnessed' : 'operator only',
    anchors,
    parts,
  };
}

/** By the quorum on log 0, or on the log's own checkpoint; a policy that asks for nobody makes no witness. */
function isWitnessed(checkpoint: SignedCheckpoint, { judgement }: AnchorsReport, { policy, ed25519Verify }: ReceiptTools): boolean {
  if (!policy || policy.quorum === null) return false;
  return (judgement?.isSatisfied ?? false) || judgeWitnessPolicy(policy, checkpoint, ed25519Verify).isSatisfied;
}

function signedBy(checkpoint: SignedCheckpoint, { logKeys, policy, ed25519Verify }: ReceiptTools): 'known' | 'unknown' | 'forged' {
  const own = [...logKeys, ...(policy?.logs ?? [])].filter(({ name }) => name === checkpoint.origin);
  if (own.length === 0) return 'unknown';
  return own.some((key) => isSignedBy(checkpoint, key, ed25519Verify)) ? 'known' : 'forged';
}

function broken(check: ReceiptCheck, why: string): ReceiptReport {
  return { status: 'broken', check, why };
}

interface ReadReceipt {
  readonly entry: Uint8Array;
  readonly parts: Readonly<Record<string, { readonly salt: Uint8Array; readonly bytes: Uint8Array }>>;
  readonly index: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: SignedCheckpoint;
  readonly note: string;
  readonly anchors: readonly Json[];
}

function readReceipt(value: unknown): ReadReceipt | 'unknown-version' | null {
  try {
    const receipt = value as Receipt;
    if (receipt.v !== 1) return typeof receipt.v === 'number' ? 'unknown-version' : null;
    const checkpoint = parseCheckpoint(receipt.checkpoint);
    if (!checkpoint || !Number.isSafeInteger(receipt.index)) return null;
    const parts = Object.entries(receipt.parts).map(([name, { salt, bytes }]): [string, { salt: Uint8Array; bytes: Uint8Array }] => {
      const saltBytes = fromBase64Url(salt);
      if (saltBytes.length !== 32) throw new RangeError('a salt has 32 bytes');
      return [name, { salt: saltBytes, bytes: fromBase64(bytes) }];
    });
    return {
      entry: fromBase64(receipt.entry),
      parts: Object.fromEntries(parts),
      index: receipt.index,
      proof: receipt.proof.map(fromBase64),
      checkpoint,
      note: receipt.checkpoint,
      anchors: [...receipt.anchors],
    };
  } catch {
    return null; // a field is missing, or of another kind
  }
}
