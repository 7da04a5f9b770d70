import { ok, refuse, type Result } from '@imprimatur/kernel';
import { decodeRaster, openRaster } from '../picture.decode.js';
import type { PictureLimits, PictureMask, Raster } from '../picture.types.js';
import { sniffPicture } from '../picture.sniff.js';
import { maskEmpty, type MaskRefusal, maskSizeMismatch, maskUnreadable } from './mask.refusals.js';

/** A mask of another size is scaled when its proportions agree this well. */
const PROPORTION_TOLERANCE = 0.01;

/** One byte a pixel of `picture`: 0 must stay, 255 may change, between them a share (soft edges). */
export async function rasteriseMask(mask: PictureMask, picture: Raster, limits: PictureLimits): Promise<Result<Uint8Array, MaskRefusal>> {
  const drawn = mask.kind === 'png' ? await readMask(mask.bytes, picture, limits) : ok(drawMask(mask, picture));
  if (!drawn.ok) return drawn;
  return drawn.value.some((share) => share > 0) ? drawn : refuse(maskEmpty());
}

function drawMask(mask: Exclude<PictureMask, { kind: 'png' }>, picture: Raster): Uint8Array {
  switch (mask.kind) {
    case 'box':
      return drawBox(mask, picture);
    case 'polygon':
      return drawPolygon(mask.points, picture);
    case 'point':
      return floodFrom(mask, picture);
  }
}

function drawBox(box: { left: number; top: number; width: number; height: number }, { width, height }: Raster): Uint8Array {
  const shares = new Uint8Array(width * height);
  const [left, right] = span(box.left, box.width, width);
  const [top, bottom] = span(box.top, box.height, height);
  for (let y = top; y < bottom; y += 1) shares.fill(255, y * width + left, y * width + right);
  return shares;
}

/** Pixels from and up to (exclusive) of thousandths; at least one pixel inside the picture. */
export function span(fromPermille: number, lengthPermille: number, pixels: number): [number, number] {
  const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  const from = clamp(Math.round((fromPermille * pixels) / 1000), 0, pixels - 1);
  return [from, clamp(Math.round(((fromPermille + lengthPermille) * pixels) / 1000), from + 1, pixels)];
}

/** Even-odd rule at the pixels' centres. */
function drawPolygon(points: readonly { readonly x: number; readonly y: number }[], { width, height }: Raster): Uint8Array {
  const shares = new Uint8Array(width * height);
  const corners = points.map(({ x, y }) => ({ x: (x * width) / 1000, y: (y * height) / 1000 }));
  for (let row = 0; row < height; row += 1) {
    const y = row + 0.5;
    const crossings = corners
      .flatMap((from, index) => {
        const to = corners[(index + 1) % corners.length] ?? from;
        return from.y <= y === to.y <= y ? [] : [from.x + ((y - from.y) * (to.x - from.x)) / (to.y - from.y)];
      })
      .sort((a, b) => a - b);
    for (let index = 0; index + 1 < crossings.length; index += 2) {
      const left = Math.max(0, Math.ceil((crossings[index] ?? 0) - 0.5));
      const right = Math.min(width, Math.ceil((crossings[index + 1] ?? 0) - 0.5));
      if (left < right) shares.fill(255, row * width + left, row * width + right);
    }
  }
  return shares;
}

function floodFrom(point: { x: number; y: number; tolerance: number }, { data, width, height, channels }: Raster): Uint8Array {
  const shares = new Uint8Array(width * height);
  const seed = span(point.y, 0, height)[0] * width + span(point.x, 0, width)[0];
  const alike = (pixel: number): boolean => {
    for (let channel = 0; channel < 3; channel += 1) {
      const difference = (data[pixel * channels + channel] ?? 0) - (data[seed * channels + channel] ?? 0);
      if (Math.abs(difference) > point.tolerance) return false;
    }
    return true;
  };
  const open = [seed];
  shares[seed] = 255;
  for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
    const x = pixel % width;
    const next = [x > 0 ? pixel - 1 : -1, x < width - 1 ? pixel + 1 : -1, pixel - width, pixel + width];
    for (const neighbour of next) {
      if (neighbour < 0 || neighbour >= shares.length || shares[neighbour] !== 0 || !alike(neighbour)) continue;
      shares[neighbour] = 255;
      open.push(neighbour);
    }
  }
  return shares;
}

async function readMask(bytes: Uint8Array, picture: Raster, limits: PictureLimits): Promise<Result<Uint8Array, MaskRefusal>> {
  const sniffed = sniffPicture(bytes);
  if ('unsupported' in sniffed || sniffed.format !== 'png' || sniffed.animated) return refuse(maskUnreadable());
  let decoded: Raster;
  try {
    decoded = await decodeRaster(bytes, limits);
  } catch {
    // foreign bytes: whatever the decoder says, the mask cannot be read
    return refuse(maskUnreadable());
  }
  const proportion = (decoded.width * picture.height) / (decoded.height * picture.width);
  if (Math.abs(proportion - 1) > PROPORTION_TOLERANCE) return refuse(maskSizeMismatch(decoded, picture));
  const shares = sharesOf(decoded);
  if (decoded.width === picture.width && decoded.height === picture.height) return ok(shares);
  const scaled = await openRaster({ data: shares, width: decoded.width, height: decoded.height, channels: 1 })
    .resize(picture.width, picture.height, { fit: 'fill', kernel: 'linear' })
    .extractChannel(0)
    .raw()
    .toBuffer();
  return ok(scaled);
}

/** Its transparency where it has any, else its lightness. */
function sharesOf({ data, width, height, channels }: Raster): Uint8Array {
  const shares = new Uint8Array(width * height);
  const byAlpha = channels === 4 && shares.some((_, pixel) => data[pixel * 4 + 3] !== 255);
  for (let pixel = 0; pixel < shares.length; pixel += 1) {
    const at = pixel * channels;
    const lightness = ((data[at] ?? 0) * 299 + (data[at + 1] ?? 0) * 587 + (data[at + 2] ?? 0) * 114) / 1000;
    shares[pixel] = byAlpha ? (data[at + 3] ?? 0) : Math.round(lightness);
  }
  return shares;
}
