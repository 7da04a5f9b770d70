import { ok, type Result } from '@imprimatur/kernel';
import { decodeRaster, openRaster } from '../picture.decode.js';
import type { OutsideChange, PictureLimits, PictureMask, Raster } from '../picture.types.js';
import type { MaskRefusal } from './mask.refusals.js';
import { rasteriseMask } from './mask.raster.js';
import { compareRasters } from './pixel.compare.js';

/** Decodes both, brings `after` to the size of `before` if need be, and compares what the mask does not cover. */
export async function measureOutside(
  before: Uint8Array,
  after: Uint8Array,
  mask: PictureMask | null,
  limits: PictureLimits,
): Promise<Result<OutsideChange, MaskRefusal>> {
  const base = await decodeRaster(before, limits);
  const edited = await decodeRaster(after, limits);
  const shares = mask === null ? ok(null) : await rasteriseMask(mask, base, limits);
  if (!shares.ok) return shares;
  const resized = edited.width !== base.width || edited.height !== base.height;
  const aligned = resized ? await scaledTo(edited, base) : edited;
  return ok({ ...compareRasters(base, aligned, shares.value), resized });
}

async function scaledTo(raster: Raster, { width, height }: Raster): Promise<Raster> {
  const data = await openRaster(raster).resize(width, height, { fit: 'fill' }).raw().toBuffer();
  return { data, width, height, channels: raster.channels };
}
