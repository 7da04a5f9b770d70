import type { OutsideChange, Raster } from '../picture.types.js';

/** Differences up to this much in every channel (of 255) are noise of an encoder, not a change that a person would see. */
export const NOISE_MAX = 8;

/**
 * Compares two pictures of one size where `mask` (one byte a pixel) is 0; everywhere when it is null. A picture without transparency
 * counts as opaque.
 */
export function compareRasters(before: Raster, after: Raster, mask: Uint8Array | null): Omit<OutsideChange, 'resized'> {
  const pixels = before.width * before.height;
  const channels = isTransparent(before) || isTransparent(after) ? 4 : 3;
  let outside = 0;
  let changed = 0;
  let sum = 0;
  let maxDifference = 0;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    if (mask !== null && mask[pixel] !== 0) continue;
    outside += 1;
    let largest = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      const difference = Math.abs(valueAt(before, pixel, channel) - valueAt(after, pixel, channel));
      sum += difference;
      if (difference > largest) largest = difference;
    }
    if (largest > NOISE_MAX) changed += 1;
    if (largest > maxDifference) maxDifference = largest;
  }
  if (outside === 0) return { changedPermille: 0, meanDifferencePerMille: 0, maxDifference: 0 };
  return {
    changedPermille: Math.ceil((changed * 1000) / outside),
    meanDifferencePerMille: Math.round((sum * 1000) / (outside * channels * 255)),
    maxDifference,
  };
}

/** Whether transparency is used, not only stored: else it would dilute the mean. */
function isTransparent({ data, channels }: Raster): boolean {
  if (channels === 4) for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return true;
  return false;
}

function valueAt({ data, channels }: Raster, pixel: number, channel: number): number {
  return channel < channels ? (data[pixel * channels + channel] ?? 0) : 255;
}
