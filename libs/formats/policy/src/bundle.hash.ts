import { canonicalBytes, toHex, utf8, type Sha256 } from '@imprimatur/kernel';
import type { BundleFiles } from './bundle.files.js';

/** The signature over the hash cannot be part of it. */
export const SIGNATURE_FILE = 'bundle.sig';

/**
 * Hex SHA-256 over the canonical JSON (RFC 8785) of `{ v: 1, files: [[path, hex SHA-256 of its UTF-8 bytes], ...] }`, sorted by
 * path (UTF-16 code units), without `bundle.sig`. Tests and lexicons count: a bundle whose tests changed is another bundle.
 */
export function bundleHash(files: BundleFiles, sha256: Sha256): string {
  const listing = Object.keys(files)
    .filter((path) => path !== SIGNATURE_FILE)
    .sort()
    .map((path): [string, string] => [path, toHex(sha256(utf8(files[path] ?? '')))]);
  return toHex(sha256(canonicalBytes({ v: 1, files: listing })));
}
