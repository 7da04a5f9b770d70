import { bundlePath, bundlesOf, parseCheckpoint, tilePath, tilesOf } from '@imprimatur/formats/merkle';
import { ApiFault, type Client } from './client.js';
import type { LedgerView } from './story.js';

/** Downloads the tenant's whole log in C2SP's layout, as any of its readers could; answers how many files. */
export async function downloadLog(reader: Client, ledger: LedgerView, save: (path: string, bytes: Uint8Array) => void): Promise<number> {
  const checkpoint = await reader.download(`${ledger.url}/checkpoint`);
  const parsed = parseCheckpoint(new TextDecoder().decode(checkpoint));
  if (!parsed) throw new ApiFault('the log answered something that is no checkpoint');
  // the size of the checkpoint in hand, not of a newer one: the log may grow meanwhile
  const paths = [...tilesOf(parsed.size).map(tilePath), ...bundlesOf(parsed.size).map(bundlePath)];
  for (const path of paths) save(path, await reader.download(`${ledger.url}/${path}`));
  save('checkpoint', checkpoint);
  save('log.vkey', new TextEncoder().encode(`${ledger.vkey}\n`));
  return paths.length + 2;
}
