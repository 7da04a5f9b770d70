import { createHash } from 'node:crypto';
import { DECODER, decodeRaster } from '../picture.decode.js';
import type { PictureLimits, PixelDigest } from '../picture.types.js';

/** Says which pixels a file shows, whatever its container, metadata or signature: stable under everything that does not re-encode. */
export async function digestPixels(bytes: Uint8Array, limits: PictureLimits): Promise<PixelDigest> {
  const { data, width, height, channels } = await decodeRaster(bytes, limits);
  return { decoder: DECODER, sha256: createHash('sha256').update(data).digest('hex'), width, height, channels };
}
