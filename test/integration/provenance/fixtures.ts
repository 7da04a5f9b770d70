import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Other people's files. Unset: tests that need them skip and say so. Set to a folder that is not there: they fail. */
const folder = process.env.IMPRIMATUR_FIXTURES;
if (folder !== undefined && !existsSync(join(folder, 'c2pa')))
  throw new Error(`IMPRIMATUR_FIXTURES is ${folder}, and there are no fixtures`);

export function fixture(...path: readonly string[]): string {
  if (folder === undefined) throw new Error('no fixtures: use describeWithFixtures');
  return join(folder, ...path);
}

export function describeWithFixtures(name: string, body: () => void): void {
  if (folder === undefined) describe(name, () => it.skip('skipped: no fixtures', () => undefined));
  else describe(name, body);
}
