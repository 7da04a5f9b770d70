import type { Raster } from '@imprimatur/platform/images';

/** `edited` where `shares` is 255, `base` where it is 0, a mix between. Where it is 0 the bytes are those of `base`, exactly. Sizes must agree. */
export function blend(base: Raster, edited: Raster, shares: Uint8Array): Raster {
  const { channels } = base;
  const data = Uint8Array.from(base.data);
  for (let pixel = 0; pixel < shares.length; pixel += 1) {
    const share = shares[pixel] ?? 0;
    if (share === 0) continue;
    for (let channel = 0; channel < channels; channel += 1) {
      const at = pixel * channels + channel;
      const before = base.data[at] ?? 0;
      data[at] = before + Math.round((((edited.data[at] ?? 0) - before) * share) / 255);
    }
  }
  return { ...base, data };
}

/** Pixels of an overlay with alpha laid over `base`, its corner at (left, top); what reaches beyond the edges is left out. */
export function layOver(base: Raster, overlay: Raster, left: number, top: number): Raster {
  const data = Uint8Array.from(base.data);
  for (let y = Math.max(0, -top); y < overlay.height && y + top < base.height; y += 1) {
    for (let x = Math.max(0, -left); x < overlay.width && x + left < base.width; x += 1) {
      layPixel(
        data,
        ((y + top) * base.width + x + left) * base.channels,
        base.channels,
        overlay,
        (y * overlay.width + x) * overlay.channels,
      );
    }
  }
  return { ...base, data };
}

function layPixel(data: Uint8Array, at: number, channels: 3 | 4, overlay: Raster, from: number): void {
  const over = overlay.channels === 4 ? (overlay.data[from + 3] ?? 0) / 255 : 1;
  const under = channels === 4 ? (data[at + 3] ?? 0) / 255 : 1;
  const alpha = over + under * (1 - over);
  if (over === 0 || alpha === 0) return;
  for (let channel = 0; channel < 3; channel += 1) {
    const mixed = ((overlay.data[from + channel] ?? 0) * over + (data[at + channel] ?? 0) * under * (1 - over)) / alpha;
    data[at + channel] = Math.round(mixed);
  }
  if (channels === 4) data[at + 3] = Math.round(alpha * 255);
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest rectangle that holds every share above 0; null when there is none. */
export function boundsOf(shares: Uint8Array, width: number): Bounds | null {
  let [left, top, right, bottom] = [width, -1, -1, -1];
  shares.forEach((share, pixel) => {
    if (share === 0) return;
    const x = pixel % width;
    bottom = Math.floor(pixel / width);
    if (top < 0) top = bottom;
    if (x < left) left = x;
    if (x > right) right = x;
  });
  return top < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The bytes of a rectangle that lies inside. */
export function cutOut(data: Uint8Array, width: number, channels: number, { left, top, width: w, height: h }: Bounds): Uint8Array {
  const piece = new Uint8Array(w * h * channels);
  for (let y = 0; y < h; y += 1) {
    const from = ((top + y) * width + left) * channels;
    piece.set(data.subarray(from, from + w * channels), y * w * channels);
  }
  return piece;
}
