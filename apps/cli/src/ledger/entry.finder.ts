import { type LogSource, makeReceipt, type Receipt } from '@imprimatur/formats/ledger';
import { inclusionProof, parseCheckpoint, TILE_WIDTH } from '@imprimatur/formats/merkle';
import { parseId } from '@imprimatur/kernel';
import { sha256 } from '../node.digests.js';
import { UsageError } from '../usage.error.js';
import { entriesOf, proofFrom } from './tile.proofs.js';

/** A receipt with nothing disclosed, made of a log's files: `wanted` is an id, or an index. Throws UsageError when the log has no such entry. */
export async function receiptFrom(source: LogSource, wanted: string): Promise<Receipt> {
  const note = await source('checkpoint');
  const text = note && Buffer.from(note).toString();
  const head = text && parseCheckpoint(text);
  if (!head) throw new UsageError('the log has no readable checkpoint');
  const found = await find(source, head.size, wanted);
  if (!found) throw new UsageError(`the log, of ${head.size} entries, holds no entry ${wanted}`);
  const proof = await proofFrom(source, head.size, (get) => inclusionProof(sha256, get, found.index, head.size));
  return makeReceipt({ entry: found.bytes, parts: {}, index: found.index, proof, checkpoint: text });
}

async function find(
  source: LogSource,
  size: number,
  wanted: string,
): Promise<{ readonly index: number; readonly bytes: Uint8Array } | null> {
  if (/^(0|[1-9]\d{0,15})$/.test(wanted)) {
    const index = Number(wanted);
    const bundle = index < size ? await entriesOf(source, size, Math.floor(index / TILE_WIDTH)) : [];
    const bytes = bundle[index % TILE_WIDTH];
    return bytes ? { index, bytes } : null;
  }
  const id = parseId('entry', wanted);
  if (!id) throw new UsageError(`${wanted} is neither the id of an entry nor an index`);
  const member = `"id":"${id}"`;
  for (let at = 0; at * TILE_WIDTH < size; at += 1) {
    const entries = await entriesOf(source, size, at);
    const place = entries.findIndex(
      (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(member) && isEntry(bytes, id),
    );
    const bytes = entries[place];
    if (bytes) return { index: at * TILE_WIDTH + place, bytes };
  }
  return null;
}

/** The id may also stand in `about` of other entries. */
function isEntry(bytes: Uint8Array, id: string): boolean {
  try {
    return (JSON.parse(Buffer.from(bytes).toString()) as { readonly id?: unknown }).id === id;
  } catch {
    return false;
  }
}
