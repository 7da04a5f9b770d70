import type { StreamedEvent } from '@imprimatur/domain/ledger';
import { toOcsf } from '@imprimatur/formats/ledger';
import { toBase64, toHex } from '@imprimatur/kernel';

export type LineFormat = 'ndjson' | 'ocsf';

/** One event with its line feed. `position` is what `after` wants to go on behind it. */
export function lineOf(format: LineFormat, event: StreamedEvent, origin: string): string {
  return `${JSON.stringify(format === 'ocsf' ? ocsfOf(event, origin) : plainOf(event))}\n`;
}

/** The last line of an answer that is whole. `events` were in it; `size` were in the log when it began. */
export function endLine(end: { readonly events: number; readonly position: number; readonly size: number }): string {
  return `${JSON.stringify({ end: true, ...end })}\n`;
}

function plainOf({ index, bytes, leafHash, entry }: StreamedEvent): object {
  return { position: index + 1, index, entry: toBase64(bytes), leafHash: toHex(leafHash), event: entry };
}

function ocsfOf({ index, bytes, leafHash, entry }: StreamedEvent, origin: string): object {
  const text = new TextDecoder().decode(bytes);
  return { position: index + 1, ...toOcsf({ entry, text, index, leafHash: toHex(leafHash), origin }) };
}
