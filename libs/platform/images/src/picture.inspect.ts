import { ok, refuse, type Result } from '@imprimatur/kernel';
import sharp, { type Metadata } from 'sharp';
import { openPicture } from './picture.decode.js';
import { animated, formatUnsupported, type PictureRefusal, tooLarge, tooManyPixels, unreadable } from './picture.refusals.js';
import { sniffPicture } from './picture.sniff.js';
import type { PictureFacts, PictureFormat, PictureLimits } from './picture.types.js';
import { colourProfileName } from './rights/colour-profile.js';
import { readRights } from './rights/rights.reader.js';

const BITS: Readonly<Record<string, number>> = { uchar: 8, char: 8, ushort: 16, short: 16, uint: 32, int: 32, float: 32, double: 64 };
const SIDE_OF_PROOF = 16;

/**
 * Cheapest question first: bytes, magic, header, and only then pixels, all of them, so that what is accepted decodes to the end.
 */
export async function inspect(bytes: Uint8Array, limits: PictureLimits): Promise<Result<PictureFacts, PictureRefusal>> {
  if (bytes.length === 0) return refuse(unreadable('empty'));
  if (bytes.length > limits.bytesMax) return refuse(tooLarge(bytes.length, limits));
  const sniffed = sniffPicture(bytes);
  if ('unsupported' in sniffed) return refuse(formatUnsupported(sniffed.unsupported));
  if (sniffed.animated) return refuse(animated());
  try {
    const header = await sharp(bytes, { failOn: 'error', limitInputPixels: false }).metadata();
    if (header.width * header.height > limits.pixelsMax) return refuse(tooManyPixels(header.width, header.height, limits));
    if (!isFormat(header, sniffed.format)) return refuse(unreadable('broken'));
    if ((header.pages ?? 1) > 1) return refuse(animated());
    await openPicture(bytes, limits).resize(SIDE_OF_PROOF, SIDE_OF_PROOF, { fit: 'fill', fastShrinkOnLoad: false }).raw().toBuffer();
    return ok(factsOf(bytes, sniffed.format, header));
  } catch (error) {
    // every error of the decoder over foreign bytes means the same: this file cannot be read
    return refuse(unreadable(isTimeout(error) ? 'slow' : 'broken'));
  }
}

/** Whether sharp gave up because of `timeout`. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && /^timeout:/.test(error.message);
}

function isFormat(header: Metadata, format: PictureFormat): boolean {
  return format === 'avif' ? header.format === 'heif' && header.compression === 'av1' : header.format === format;
}

function factsOf(bytes: Uint8Array, format: PictureFormat, header: Metadata): PictureFacts {
  return {
    format,
    width: header.autoOrient.width,
    height: header.autoOrient.height,
    orientation: header.orientation ?? 1,
    hasAlpha: header.hasAlpha,
    bitDepth: header.bitsPerSample ?? BITS[header.depth] ?? 8,
    colourProfile: header.icc ? colourProfileName(header.icc) : null,
    sizeBytes: bytes.length,
    rights: readRights(header),
  };
}
