import { openRaster, type Raster, span } from '@imprimatur/platform/images';
import { ok, refuse, type Result } from '@imprimatur/kernel';
import type { CropTo, ResizeTo } from '../../operation.types.js';
import { cropOutside, type LocalRefusal, resizeTooLarge } from '../local.refusals.js';
import { type Bounds, boundsOf, cutOut } from './blend.js';

const WHITE = { r: 255, g: 255, b: 255, alpha: 1 };
const CLEAR = { r: 255, g: 255, b: 255, alpha: 0 };

type Pipeline = ReturnType<typeof openRaster>;

/** Clockwise. Quarter turns move pixels; other angles resample, and the corners become transparent, or white where there is no transparency. */
export async function rotate(raster: Raster, centidegrees: number): Promise<Raster> {
  return drawn(openRaster(raster).rotate(centidegrees / 100, { background: raster.channels === 4 ? CLEAR : WHITE }));
}

export async function flip(raster: Raster, axis: 'horizontal' | 'vertical'): Promise<Raster> {
  const pipeline = openRaster(raster);
  return drawn(axis === 'horizontal' ? pipeline.flop() : pipeline.flip());
}

export async function flatten(raster: Raster, background: string): Promise<Raster> {
  return raster.channels === 3 ? raster : drawn(openRaster(raster).flatten({ background }));
}

/** Lanczos. At least one pixel a side, at most `pixelsMax` in all. */
export async function resize(raster: Raster, to: ResizeTo, pixelsMax: number): Promise<Result<Raster, LocalRefusal>> {
  const { width, height } = sizeOf(raster, to);
  if (width * height > pixelsMax) return refuse(resizeTooLarge(width, height, pixelsMax));
  return ok(await drawn(openRaster(raster).resize(width, height, { fit: 'fill', kernel: 'lanczos3' })));
}

function sizeOf(raster: Raster, to: ResizeTo): { readonly width: number; readonly height: number } {
  const scaled = (factor: number) => ({
    width: Math.max(1, Math.round(raster.width * factor)),
    height: Math.max(1, Math.round(raster.height * factor)),
  });
  if (to.kind === 'scale') return scaled(to.percent / 100);
  if (to.width !== null && to.height !== null) {
    return to.stretch ? { width: to.width, height: to.height } : scaled(Math.min(to.width / raster.width, to.height / raster.height));
  }
  return scaled(to.width === null ? (to.height ?? raster.height) / raster.height : to.width / raster.width);
}

/** The rectangle that stays, in pixels of `raster`. */
export function cropBounds({ width, height }: Raster, to: CropTo, shares: Uint8Array | null): Result<Bounds, LocalRefusal> {
  const centred = (w: number, h: number): Bounds => ({
    left: Math.floor((width - w) / 2),
    top: Math.floor((height - h) / 2),
    width: w,
    height: h,
  });
  switch (to.kind) {
    case 'mask': {
      const bounds = shares && boundsOf(shares, width);
      return bounds ? ok(bounds) : refuse(cropOutside(width, height));
    }
    case 'box': {
      const [left, right] = span(to.box.left, to.box.width, width);
      const [top, bottom] = span(to.box.top, to.box.height, height);
      return ok({ left, top, width: right - left, height: bottom - top });
    }
    case 'aspect': {
      const unit = Math.min(width / to.width, height / to.height);
      return ok(centred(Math.max(1, Math.round(unit * to.width)), Math.max(1, Math.round(unit * to.height))));
    }
    case 'size':
      return to.width > width || to.height > height ? refuse(cropOutside(width, height)) : ok(centred(to.width, to.height));
    case 'pixels':
      return to.left + to.width > width || to.top + to.height > height ? refuse(cropOutside(width, height)) : ok(to);
  }
}

export function crop({ data, width, channels }: Raster, bounds: Bounds): Raster {
  return { data: cutOut(data, width, channels, bounds), width: bounds.width, height: bounds.height, channels };
}

async function drawn(pipeline: Pipeline): Promise<Raster> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3 };
}
