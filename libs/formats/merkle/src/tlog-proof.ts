import { fromBase64, toBase64 } from '@imprimatur/kernel';
import { parseCheckpoint, type SignedCheckpoint } from './note.js';
import { hashOf } from './witness-request.js';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** A self-contained proof that an entry is in a log (C2SP tlog-proof). The entry itself travels beside it. */
export interface TlogProof {
  /** Leaf index. */
  readonly index: number;
  /** Audit path from the leaf up. */
  readonly proof: readonly Uint8Array[];
  /** The signed note, verbatim, with whatever cosignatures it has. */
  readonly note: string;
  /** Not authenticated: context for whoever reads. */
  readonly extra?: Uint8Array;
}

/** The text of a `.tlog-proof` file. */
export function formatTlogProof({ index, proof, note, extra }: TlogProof): string {
  const extraLine = extra ? `extra ${toBase64(extra)}\n` : '';
  return `${HEADER}\n${extraLine}index ${index}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

/** Null for anything that is not exactly such a file. */
export function parseTlogProof(text: string): (TlogProof & { readonly checkpoint: SignedCheckpoint }) | null {
  const cut = text.indexOf('\n\n');
  const lines = text.slice(0, Math.max(cut, 0)).split('\n');
  const note = text.slice(cut + 2);
  const checkpoint = parseCheckpoint(note);
  if (cut < 0 || lines.shift() !== HEADER || !checkpoint) return null;
  const extraMatch = /^extra ([A-Za-z0-9+/=]*)$/.exec(lines[0] ?? '');
  if (extraMatch) lines.shift();
  const extra = extraMatch ? bytesOf(extraMatch[1] ?? '') : undefined;
  const indexMatch = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '');
  const proof = lines.map(hashOf);
  const index = Number(indexMatch?.[1]);
  if (extra === null || !Number.isSafeInteger(index) || proof.some((hash) => hash === null)) return null;
  return { index, proof: proof.filter((hash) => hash !== null), note, checkpoint, ...(extra ? { extra } : {}) };
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return fromBase64(base64);
  } catch {
    return null;
  }
}
