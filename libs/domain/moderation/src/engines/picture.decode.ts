import sharp from 'sharp';
import type { PictureTensor } from './face.model.js';
import type { GreyPicture } from './text.model.js';

const SIDE_MAX = 1_024;
const SECONDS_MAX = 20;

export interface DecodedPicture {
  /** All pixels: sRGB, 8 bits, orientation applied. */
  readonly whole: PictureTensor & { readonly channels: 3 | 4 };
  /** RGB on white, at most 1,024 pixels wide and high: what the models look at. */
  readonly small: PictureTensor;
}

/** Decodes once; refuses what has more pixels than `pixelsMax`. */
export async function decode(bytes: Uint8Array, pixelsMax: number): Promise<DecodedPicture> {
  const { data, info } = await sharp(bytes, { limitInputPixels: pixelsMax, failOn: 'error' })
    .timeout({ seconds: SECONDS_MAX })
    .rotate()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const channels = info.channels === 4 ? 4 : 3;
  const small = await sharp(data, { raw: { width: info.width, height: info.height, channels } })
    .resize(SIDE_MAX, SIDE_MAX, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    whole: { data, width: info.width, height: info.height, channels },
    small: { data: new Uint8Array(small.data), width: small.info.width, height: small.info.height },
  };
}

/** Grey on white, at most 1,024 pixels wide and high: what the reader of text looks at. JPEG and WebP are decoded no larger than that needs. */
export async function decodeGrey(bytes: Uint8Array, pixelsMax: number): Promise<GreyPicture> {
  const { data, info } = await sharp(bytes, { limitInputPixels: pixelsMax, failOn: 'error' })
    .timeout({ seconds: SECONDS_MAX })
    .rotate()
    .resize(SIDE_MAX, SIDE_MAX, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .greyscale()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

export const DECODER = `sharp libvips/${sharp.versions.vips}`;
