import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '@imprimatur/kernel';

/** Where a package lies: its models are files that its exports do not name. */
export function packageFolder(name: string): string {
  const folder = (require.resolve.paths(name) ?? [])
    .map((modules) => join(modules, name))
    .find((found) => existsSync(join(found, 'package.json')));
  assert(folder, `${name} is installed`);
  return folder;
}

export function packageVersion(name: string): string {
  return (JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as { version: string }).version;
}
