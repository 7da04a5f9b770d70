import type { Exclusion } from './manifest.reader.js';

const C2PA_TAG = 0xcd41;
const ENTRY_BYTES = 12;
const DIRECTORIES_MAX = 64;

/**
 * Whether a TIFF's data hash leaves out the manifest and the field that says how long it is, and nothing else. That field changes while the
 * manifest is written, so every signer of a TIFF leaves it out beside the manifest itself.
 */
export function isManifestOfTiff(bytes: Uint8Array, exclusions: readonly Exclusion[]): boolean {
  const field = manifestField(bytes);
  if (field === null || exclusions.length !== 2) return false;
  const [first, second] = exclusions;
  const isCount = (each: Exclusion | undefined): boolean => each?.start === field.countAt && each.length === 4;
  const isManifest = (each: Exclusion | undefined): boolean => each?.start === field.start && each.length === field.length;
  return (isCount(first) && isManifest(second)) || (isManifest(first) && isCount(second));
}

/** Where the directory entry of the manifest keeps its length, and what it points to; null for BigTIFF, or where there is none. */
function manifestField(bytes: Uint8Array): { readonly countAt: number; readonly start: number; readonly length: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const has = (at: number, size: number): boolean => at + size <= bytes.length;
  if (!has(0, 8) || view.getUint16(2, little) !== 42) return null;
  let directory = view.getUint32(4, little);
  for (let seen = 0; seen < DIRECTORIES_MAX && directory !== 0 && has(directory, 2); seen += 1) {
    const entries = view.getUint16(directory, little);
    const end = directory + 2 + entries * ENTRY_BYTES;
    if (!has(end, 4)) return null;
    for (let at = directory + 2; at < end; at += ENTRY_BYTES) {
      if (view.getUint16(at, little) === C2PA_TAG) {
        return { countAt: at + 4, length: view.getUint32(at + 4, little), start: view.getUint32(at + 8, little) };
      }
    }
    directory = view.getUint32(end, little);
  }
  return null;
}
