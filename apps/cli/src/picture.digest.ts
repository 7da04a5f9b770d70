import { createHash } from 'node:crypto';
import type { BoundPixels } from '@imprimatur/formats/manifest';
import sharp from 'sharp';

const LOADERS = ['Jpeg', 'Png', 'Webp', 'Heif', 'Tiff'];
const SECONDS_MAX = 30;
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADERS.map((name) => `VipsForeignLoad${name}Buffer`) });
sharp.cache(false);

/**
 * SHA-256 of the decoded pixels, as a binding records it: rows from the top, 8 bits, sRGB, orientation applied. Null for what does not decode, and
 * for more than `pixelsMax` pixels. The service has its own of this; a test holds the two together.
 */
export async function digestPixels(bytes: Uint8Array, pixelsMax: number): Promise<BoundPixels | null> {
  try {
    const picture = sharp(bytes, { failOn: 'error', limitInputPixels: pixelsMax, pages: 1 }).timeout({ seconds: SECONDS_MAX });
    const { data, info } = await picture.autoOrient().toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels !== 3 && channels !== 4) return null;
    const decoder = `sharp/${sharp.versions.sharp ?? 'unknown'} libvips/${sharp.versions.vips}`;
    return { decoder, sha256: createHash('sha256').update(data).digest('hex'), width, height, channels };
  } catch {
    return null; // whatever the decoder says of a stranger's bytes: they do not decode
  }
}
