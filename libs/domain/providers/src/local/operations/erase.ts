import { createRequire } from 'node:module';
import { ok, refuse, type Result } from '@imprimatur/kernel';
import type { Raster } from '@imprimatur/platform/images';
import { eraseTooLarge, type LocalRefusal } from '../local.refusals.js';
import { type Bounds, boundsOf, cutOut } from './blend.js';

/** Neighbourhood of the fill, in pixels. */
const RADIUS_PX = 5;
/** What lies further from the hole than this has no say in the fill. */
const MARGIN_PX = 4 * RADIUS_PX;
/** From more of the picture than this nothing honest can be made up. */
const HOLE_SHARE_MAX = 0.5;

type OpenCv = typeof import('@techstark/opencv-js');
let engine: Promise<OpenCv> | undefined;

/** Loaded with the first erasure of a thread: it takes half a second and 60 MB. */
async function openCv(): Promise<OpenCv> {
  const loaded = createRequire(__filename)('@techstark/opencv-js') as OpenCv | Promise<OpenCv>;
  const cv = loaded instanceof Promise ? await loaded : await started(loaded);
  // the module pretends to be a promise of itself: awaiting it would never end
  delete (cv as { then?: unknown }).then;
  return cv;
}

async function started(cv: OpenCv & { onRuntimeInitialized?: () => void }): Promise<OpenCv> {
  delete (cv as { then?: unknown }).then;
  if ((cv as { Mat?: unknown }).Mat === undefined) await new Promise<void>((resolve) => (cv.onRuntimeInitialized = resolve));
  return cv;
}

/** Fills what `shares` covers from its surroundings (Telea 2004). Reads and writes nothing further than the hole and its rim. */
export async function erase(raster: Raster, shares: Uint8Array): Promise<Result<Raster, LocalRefusal>> {
  const hole = shares.reduce((count, share) => count + (share > 0 ? 1 : 0), 0);
  const bounds = boundsOf(shares, raster.width);
  if (bounds === null) return ok(raster);
  if (hole > HOLE_SHARE_MAX * shares.length) return refuse(eraseTooLarge(Math.round((hole * 100) / shares.length)));
  engine ??= openCv();
  const cv = await engine;
  const rim = widened(bounds, raster);
  const mask = cutOut(shares, raster.width, 1, rim).map((share) => (share > 0 ? 255 : 0));
  const piece = cutOut(raster.data, raster.width, raster.channels, rim);
  const filled = inpaint(cv, piece, mask, rim, raster.channels);
  const data = Uint8Array.from(raster.data);
  for (let y = 0; y < rim.height; y += 1) {
    const row = filled.subarray(y * rim.width * raster.channels, (y + 1) * rim.width * raster.channels);
    data.set(row, ((rim.top + y) * raster.width + rim.left) * raster.channels);
  }
  return ok({ ...raster, data });
}

function widened(bounds: Bounds, { width, height }: Raster): Bounds {
  const left = Math.max(0, bounds.left - MARGIN_PX);
  const top = Math.max(0, bounds.top - MARGIN_PX);
  return {
    left,
    top,
    width: Math.min(width, bounds.left + bounds.width + MARGIN_PX) - left,
    height: Math.min(height, bounds.top + bounds.height + MARGIN_PX) - top,
  };
}

/** OpenCV fills one or three channels: transparency is filled by itself. */
function inpaint(cv: OpenCv, piece: Uint8Array, mask: Uint8Array, { width, height }: Bounds, channels: 3 | 4): Uint8Array {
  const planes = channels === 3 ? [[0, 1, 2]] : [[0, 1, 2], [3]];
  const result = Uint8Array.from(piece);
  const hole = cv.matFromArray(height, width, cv.CV_8UC1, mask as unknown as number[]);
  const source = new cv.Mat();
  const filled = new cv.Mat();
  try {
    for (const plane of planes) {
      source.create(height, width, (plane.length === 3 ? cv.CV_8UC3 : cv.CV_8UC1) as number);
      copyPlane(piece, channels, plane, source.data, true);
      cv.inpaint(source, hole, filled, RADIUS_PX, cv.INPAINT_TELEA as number);
      copyPlane(result, channels, plane, filled.data, false);
    }
  } finally {
    // memory of the WASM heap, which no garbage collector sees
    for (const matrix of [hole, source, filled]) matrix.delete();
  }
  return result;
}

function copyPlane(pixels: Uint8Array, channels: number, plane: readonly number[], packed: Uint8Array, pack: boolean): void {
  for (let pixel = 0; pixel * channels < pixels.length; pixel += 1) {
    plane.forEach((channel, index) => {
      const [wide, narrow] = [pixel * channels + channel, pixel * plane.length + index];
      if (pack) packed[narrow] = pixels[wide] ?? 0;
      else pixels[wide] = packed[narrow] ?? 0;
    });
  }
}
