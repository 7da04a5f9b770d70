import sharp, { type Sharp } from 'sharp';
import type { PictureFormat, PictureLimits, Raster } from './picture.types.js';

/** The only loaders that may run, whatever the bytes pretend to be: no SVG, no PDF, no ImageMagick. For the whole process. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Heif', 'Tiff'];
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADERS.flatMap((name) => [`VipsForeignLoad${name}Buffer`, `VipsForeignLoad${name}File`]) });
// each picture is seen once: a cache of operations would only hold on to memory
sharp.cache(false);

/** `sharp/0.35.5 libvips/8.18.7`. */
export const DECODER = `sharp/${sharp.versions.sharp ?? 'unknown'} libvips/${sharp.versions.vips}`;

/** The pipeline that every decode of foreign bytes begins with: truncated or broken data is an error, and size and time end somewhere. */
export function openPicture(bytes: Uint8Array, limits: PictureLimits): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: limits.pixelsMax, pages: 1 }).timeout({ seconds: limits.decodeTimeoutSeconds });
}

/** Pixels as `Raster` says. Rejects with sharp's error for what does not decode. */
export async function decodeRaster(bytes: Uint8Array, limits: PictureLimits): Promise<Raster> {
  const { data, info } = await openPicture(bytes, limits)
    .autoOrient()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3 || info.channels === 4) return { data, width: info.width, height: info.height, channels: info.channels };
  throw new Error(`decoded to ${info.channels} channels`);
}

/** A pipeline over decoded pixels. */
export function openRaster({ data, width, height, channels }: Omit<Raster, 'channels'> & { readonly channels: 1 | 3 | 4 }): Sharp {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
}

const QUALITY = { jpeg: 90, webp: 90, avif: 70 } as const;

/** Sets the encoder. PNG and TIFF are lossless; the others take `quality` 1 to 100. Same pixels, same bytes. */
export function encodeAs(pipeline: Sharp, format: PictureFormat, quality?: number): Sharp {
  switch (format) {
    case 'jpeg':
      return pipeline.jpeg({ quality: quality ?? QUALITY.jpeg, chromaSubsampling: '4:4:4' });
    case 'png':
      // level 3 with adaptive filters is a third of the time of level 6, and 4 % larger on photographs
      return pipeline.png({ compressionLevel: 3, adaptiveFiltering: true });
    case 'webp':
      return pipeline.webp({ quality: quality ?? QUALITY.webp });
    case 'avif':
      return pipeline.avif({ quality: quality ?? QUALITY.avif, effort: 3, chromaSubsampling: '4:4:4' });
    case 'tiff':
      return pipeline.tiff({ compression: 'deflate', predictor: 'horizontal' });
  }
}
