import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Other people's files, from the folder that IMPRIMATUR_FIXTURES names. Set but missing is a failure; unset skips, and says so. */
export const FIXTURES: string | undefined = process.env.IMPRIMATUR_FIXTURES;
if (FIXTURES !== undefined && !existsSync(FIXTURES)) throw new Error(`IMPRIMATUR_FIXTURES names ${FIXTURES}, which does not exist`);

export function fixture(path: string): Buffer {
  return readFileSync(join(FIXTURES ?? '', path));
}
