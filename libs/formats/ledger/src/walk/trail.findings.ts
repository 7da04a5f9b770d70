import type { Sha256 } from '@imprimatur/kernel';
import { leafHash } from '@imprimatur/formats/merkle';
import { EntryScan } from './entry.scan.js';
import type { Finding } from './finding.js';
import { Trail } from './trail.js';

/** Whether these entries are whole histories of the assets they speak of: from event 1 on, without a gap, each linked to the one before. */
export function trailFindings(
  sha256: Sha256,
  entries: readonly { readonly index: number; readonly bytes: Uint8Array }[],
): readonly Finding[] {
  const trail = new Trail(true);
  const scan = new EntryScan();
  for (const { index, bytes } of [...entries].sort((a, b) => a.index - b.index)) {
    if (scan.read(bytes, 0, bytes.length) === 'entry') trail.entry(scan.places, index, leafHash(sha256, bytes), 0);
  }
  return trail.takeFindings();
}
