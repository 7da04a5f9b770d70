import { fromBase64, type Json, toBase64, utf8 } from '@imprimatur/kernel';
import {
  isSignedBy,
  judgeWitnessPolicy,
  leafHash,
  parseCheckpoint,
  type SignedCheckpoint,
  verifyInclusion,
  type WitnessJudgement,
} from '@imprimatur/formats/merkle';
import type { ReceiptTools } from './receipt.tools.js';

/** What stands behind a receipt beside its own log: memories of others, so that rewriting the log shows. Kinds are added, never changed. */
export type Anchor = LogZeroAnchor | TimestampAnchor | RenewalAnchor;

/** The receipt's checkpoint, byte for byte, is an entry of log 0, whose own checkpoint the witnesses cosigned. */
export interface LogZeroAnchor {
  readonly kind: 'log-0';
  readonly index: number;
  /** Audit path in log 0, base64 each, from the leaf up. */
  readonly proof: readonly string[];
  /** Log 0's signed note with its cosignatures. */
  readonly checkpoint: string;
}

/** RFC 3161, over the body of the note of the log 0 anchor. */
export interface TimestampAnchor {
  readonly kind: 'timestamp';
  /** DER of the TimeStampToken, base64. */
  readonly token: string;
}

/** A later stamp over the root of a tree of tokens that were about to expire; this is the place of the token before it. */
export interface RenewalAnchor {
  readonly kind: 'renewal';
  readonly index: number;
  readonly size: number;
  readonly proof: readonly string[];
  /** base64, 32 bytes: what the token stamps. */
  readonly root: string;
  readonly token: string;
}

/** A stamp that the caller has still to verify: RFC 3161 takes certificates, which this room does not know. */
export interface StampClaim {
  readonly token: Uint8Array;
  /** The token's imprint must be the SHA-256 of this. */
  readonly message: Uint8Array;
}

export interface AnchorsReport {
  /** Null: the receipt is not anchored in log 0. */
  readonly logZero: {
    readonly origin: string;
    readonly index: number;
    readonly size: number;
    /** known: signed by a key of log 0 that the verifier pinned. */
    readonly key: 'known' | 'unknown';
  } | null;
  /** By the verifier's own policy; null: it brought none, or there is nothing to judge. */
  readonly judgement: WitnessJudgement | null;
  readonly stamps: readonly StampClaim[];
  /** Kinds that this verifier does not know: reported, not guessed. */
  readonly unknown: readonly string[];
}

export const NO_ANCHORS: AnchorsReport = { logZero: null, judgement: null, stamps: [], unknown: [] };

/** Checks what can be checked without certificates. A text instead of a report says what is broken. Never throws. */
export function checkAnchors(anchors: readonly Json[], receiptNote: string, tools: ReceiptTools): AnchorsReport | string {
  const own = parseCheckpoint(receiptNote);
  if (!own) return 'the checkpoint that is anchored cannot be read';
  let report: AnchorsReport = NO_ANCHORS;
  let body: Uint8Array | null = null;
  for (const anchor of anchors) {
    const step = readAnchor(anchor);
    if (step === null) return 'an anchor cannot be read';
    if (step.kind === 'unknown') report = { ...report, unknown: [...report.unknown, step.name] };
    else if (step.kind === 'log-0') {
      const checked = checkLogZero(step, own, receiptNote, tools);
      if (typeof checked === 'string') return checked;
      report = { ...report, ...checked };
      body = utf8(step.checkpoint.text);
    } else {
      const message = step.kind === 'timestamp' ? body : renewed(step, report.stamps, tools);
      if (!message)
        return step.kind === 'timestamp' ? 'a timestamp stands before what it stamps' : 'a renewal does not cover the stamp before it';
      report = { ...report, stamps: [...report.stamps, { token: step.token, message }] };
    }
  }
  return report;
}

function checkLogZero(
  anchor: Extract<ReadAnchor, { kind: 'log-0' }>,
  own: SignedCheckpoint,
  receiptNote: string,
  tools: ReceiptTools,
): Pick<AnchorsReport, 'logZero' | 'judgement'> | string {
  const { checkpoint, index, proof } = anchor;
  if (own.origin.replace(/\/t\/[^/]+$/, '/0') !== checkpoint.origin)
    return `${checkpoint.origin} is not log 0 of the installation of ${own.origin}`;
  const leaf = leafHash(tools.sha256, utf8(receiptNote));
  if (!verifyInclusion(tools.sha256, { leaf, index, size: checkpoint.size, root: checkpoint.root, proof })) {
    return 'the checkpoint is not in the tree of log 0';
  }
  const pinned = [...tools.logKeys, ...(tools.policy?.logs ?? [])].filter(({ name }) => name === checkpoint.origin);
  const isSigned = pinned.some((key) => isSignedBy(checkpoint, key, tools.ed25519Verify));
  if (pinned.length > 0 && !isSigned) return 'log 0 is not signed by the key that is pinned for it';
  return {
    logZero: { origin: checkpoint.origin, index, size: checkpoint.size, key: isSigned ? 'known' : 'unknown' },
    judgement: tools.policy ? judgeWitnessPolicy(tools.policy, checkpoint, tools.ed25519Verify) : null,
  };
}

/** The root that was stamped, when it is that of a tree with the last token in it; null otherwise. */
function renewed(
  anchor: Extract<ReadAnchor, { kind: 'renewal' }>,
  stamps: readonly StampClaim[],
  { sha256 }: ReceiptTools,
): Uint8Array | null {
  const last = stamps.at(-1);
  const { index, size, proof, root } = anchor;
  return last && verifyInclusion(sha256, { leaf: leafHash(sha256, last.token), index, size, root, proof }) ? root : null;
}

type ReadAnchor =
  | { readonly kind: 'log-0'; readonly index: number; readonly proof: readonly Uint8Array[]; readonly checkpoint: SignedCheckpoint }
  | { readonly kind: 'timestamp'; readonly token: Uint8Array }
  | {
      readonly kind: 'renewal';
      readonly index: number;
      readonly size: number;
      readonly proof: readonly Uint8Array[];
      readonly root: Uint8Array;
      readonly token: Uint8Array;
    }
  | { readonly kind: 'unknown'; readonly name: string };

function readAnchor(value: Json): ReadAnchor | null {
  try {
    const anchor = value as unknown as Anchor;
    switch (anchor.kind) {
      case 'log-0': {
        const checkpoint = parseCheckpoint(anchor.checkpoint);
        return checkpoint && { kind: 'log-0', index: anchor.index, proof: anchor.proof.map(fromBase64), checkpoint };
      }
      case 'timestamp':
        return { kind: 'timestamp', token: fromBase64(anchor.token) };
      case 'renewal': {
        const { index, size, proof, root, token } = anchor;
        return { kind: 'renewal', index, size, proof: proof.map(fromBase64), root: fromBase64(root), token: fromBase64(token) };
      }
      default:
        return typeof (anchor as { kind?: unknown }).kind === 'string'
          ? { kind: 'unknown', name: String((anchor as { kind: string }).kind) }
          : null;
    }
  } catch {
    return null; // a field is missing, or of another kind
  }
}

/** Whether somebody beside the log stands under log 0 in this receipt: what it carries, not whether it verifies. */
export function carriesCosignature({ anchors }: { readonly anchors: readonly Json[] }): boolean {
  return anchors.some((anchor) => {
    const read = readAnchor(anchor);
    return read?.kind === 'log-0' && read.checkpoint.signatures.some(({ name }) => name !== read.checkpoint.origin);
  });
}

export function logZeroAnchor(index: number, proof: readonly Uint8Array[], checkpoint: string): LogZeroAnchor {
  return { kind: 'log-0', index, proof: proof.map(toBase64), checkpoint };
}

export function timestampAnchor(token: Uint8Array): TimestampAnchor {
  return { kind: 'timestamp', token: toBase64(token) };
}

export function renewalAnchor(renewal: {
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
  readonly token: Uint8Array;
}): RenewalAnchor {
  const { index, size, proof, root, token } = renewal;
  return { kind: 'renewal', index, size, proof: proof.map(toBase64), root: toBase64(root), token: toBase64(token) };
}
