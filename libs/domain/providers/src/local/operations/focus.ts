import { openRaster, type Raster } from '@imprimatur/platform/images';

/** Standard deviation of a blur of 100 %, as a share of the picture's shorter side. */
const BLUR_SPAN = 0.03;
const SIGMA_MIN = 0.3;
const SIGMA_MAX = 200;

/** A Gaussian blur. A radius in pixels is taken for two standard deviations. */
export async function blur(raster: Raster, amountPercent: number, radiusPixels: number | null): Promise<Raster> {
  const span = (Math.min(raster.width, raster.height) * BLUR_SPAN * amountPercent) / 100;
  const sigma = Math.max(SIGMA_MIN, Math.min(SIGMA_MAX, radiusPixels === null ? span : radiusPixels / 2));
  return piped(raster, await openRaster(raster).blur(sigma).raw().toBuffer());
}

/** Unsharp masking of luminance. */
export async function sharpen(raster: Raster, amountPercent: number): Promise<Raster> {
  const strength = amountPercent / 100;
  const pipeline = openRaster(raster).sharpen({ sigma: 1, m1: strength, m2: 3 * strength, x1: 2, y2: 12, y3: 20 });
  return piped(raster, await pipeline.raw().toBuffer());
}

function piped(raster: Raster, data: Buffer): Raster {
  return { ...raster, data };
}
