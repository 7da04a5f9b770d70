import { fromBase64, toBase64 } from '@imprimatur/kernel';
import { parseCheckpoint, type SignedCheckpoint } from './note.js';

const PROOF_LINES_MAX = 63;
const HASH_BYTES = 32;

/** The body of `POST <prefix>/add-checkpoint` (C2SP tlog-witness). */
export interface AddCheckpoint {
  /** Size of what the witness cosigned last, as far as the log knows. */
  readonly oldSize: number;
  /** RFC 6962 consistency proof from that size; empty for 0. */
  readonly proof: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly note: string;
}

/** Content type of the 409 answer, whose body is the size that the witness cosigned last. */
export const SIZE_CONTENT_TYPE = 'text/x.tlog.size';

export function formatAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

/** Null for anything that is not exactly such a body. */
export function parseAddCheckpoint(body: string): (AddCheckpoint & { readonly checkpoint: SignedCheckpoint }) | null {
  const cut = body.indexOf('\n\n');
  const [old = '', ...lines] = body.slice(0, Math.max(cut, 0)).split('\n');
  const match = /^old (0|[1-9]\d{0,15})$/.exec(old);
  const note = body.slice(cut + 2);
  const checkpoint = parseCheckpoint(note);
  const proof = lines.map(hashOf);
  if (cut < 0 || !match || !checkpoint || proof.length > PROOF_LINES_MAX || proof.some((hash) => hash === null)) return null;
  const oldSize = Number(match[1]);
  return Number.isSafeInteger(oldSize) ? { oldSize, proof: proof.filter((hash) => hash !== null), note, checkpoint } : null;
}

/** A line of base64 as 32 bytes; null for any other spelling. */
export function hashOf(line: string): Uint8Array | null {
  try {
    const hash = fromBase64(line);
    return hash.length === HASH_BYTES && toBase64(hash) === line ? hash : null;
  } catch {
    return null;
  }
}
