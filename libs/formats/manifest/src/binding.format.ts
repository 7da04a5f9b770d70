import { z } from 'zod';
import type { JsonObject } from '@imprimatur/kernel';
import { MANIFEST_FORMATS, type ManifestFormat } from './vocabulary.js';

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** SHA-256 of decoded pixels with who decoded them: rows from the top, 8 bits, sRGB, orientation applied. */
const pixelDigest = z.object({
  decoder: z.string(),
  sha256: sha256Hex,
  width: z.int().positive(),
  height: z.int().positive(),
  channels: z.union([z.literal(3), z.literal(4)]),
});

const bindingFormat = z.object({
  v: z.literal(1),
  version: z.string(),
  format: z.enum(MANIFEST_FORMATS),
  recipe: z.record(z.string(), z.json()),
  unsignedSha256: sha256Hex,
  pixels: pixelDigest,
});

export type BoundPixels = Readonly<z.infer<typeof pixelDigest>>;

/**
 * Part `binding` of the entry `export.rendered`, frozen: which picture the entry speaks of. `version` is the released version, `recipe` what was
 * made of it (format, size, quality, label), `unsignedSha256` the file before it was signed, `pixels` what it decodes to.
 */
export type ExportBinding = Readonly<z.infer<typeof bindingFormat>> & JsonObject;

/** What a binding is made of. */
export interface BoundFile {
  readonly version: string;
  readonly format: ManifestFormat;
  readonly recipe: JsonObject;
  /** Lower-case hex. */
  readonly unsignedSha256: string;
  readonly pixels: BoundPixels;
}

/** Throws on what is no digest, no format, or not JSON. */
export function exportBinding(binding: BoundFile): ExportBinding {
  return bindingFormat.parse({ ...binding, v: 1 });
}

/** Null for bytes that are no binding of this version. */
export function parseExportBinding(bytes: Uint8Array): ExportBinding | null {
  try {
    return bindingFormat.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return null; // not UTF-8, not JSON, or not a binding
  }
}
