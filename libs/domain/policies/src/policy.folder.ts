import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BundleFiles } from '@imprimatur/formats/policy';

/** Every file below `folder` as text, by its path with `/`. */
export function readBundleFolder(folder: string): BundleFiles {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]));
}
