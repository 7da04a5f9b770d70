import { ok, refuse, type Result } from '@imprimatur/kernel';
import { type Raster, span } from '@imprimatur/platform/images';
import { OPERATION_TRAITS } from '../operation.rules.js';
import type { Area, Operation } from '../operation.types.js';
import { type LocalRefusal, maskInTheWay, maskMissing } from './local.refusals.js';
import { blend, boundsOf, cutOut } from './operations/blend.js';
import { erase } from './operations/erase.js';
import { blur, sharpen } from './operations/focus.js';
import { crop, cropBounds, flatten, flip, resize, rotate } from './operations/geometry.js';
import { writeLabel } from './operations/label.js';
import { recolour } from './operations/recolour.js';
import { blackAndWhite, brightness, contrast, hue, saturation, temperature } from './operations/tone.js';

/** A picture on its way through the operations, with the mask of what may change: one byte a pixel, null where all may. */
export interface Canvas {
  readonly raster: Raster;
  readonly shares: Uint8Array | null;
}

type Step<Name extends Operation['operation']> = Extract<Operation, { operation: Name }>;
type PixelStep = Step<
  'brightness' | 'contrast' | 'saturation' | 'temperature' | 'hue' | 'black-and-white' | 'recolour' | 'blur' | 'sharpen' | 'text' | 'erase'
>;
type PictureStep = Exclude<Operation, PixelStep>;

/** Does `operations` one after the other. Outside the mask no byte changes. */
export async function render(canvas: Canvas, operations: readonly Operation[], pixelsMax: number): Promise<Result<Raster, LocalRefusal>> {
  let current = canvas;
  for (const operation of operations) {
    const next = isPixelStep(operation) ? await underMask(current, operation) : await wholePicture(current, operation, pixelsMax);
    if (!next.ok) return next;
    current = next.value;
  }
  return ok(current.raster);
}

function isPixelStep(operation: Operation): operation is PixelStep {
  return OPERATION_TRAITS[operation.operation].maskable;
}

async function underMask(canvas: Canvas, operation: PixelStep): Promise<Result<Canvas, LocalRefusal>> {
  const { raster, shares } = canvas;
  const needsMask = operation.operation === 'erase' || operation.operation === 'recolour';
  if (needsMask && shares === null) return refuse(maskMissing(operation.operation));
  const covered = within(raster, shares, 'area' in operation ? operation.area : null);
  const edited = await changePixels(raster, operation, covered);
  if (!edited.ok) return edited;
  return ok({ raster: covered === null ? edited.value : blend(raster, edited.value, covered), shares });
}

async function changePixels(raster: Raster, operation: PixelStep, covered: Uint8Array | null): Promise<Result<Raster, LocalRefusal>> {
  switch (operation.operation) {
    case 'brightness':
      return ok(brightness(raster, operation.amountPercent));
    case 'contrast':
      return ok(contrast(raster, operation.amountPercent));
    case 'saturation':
      return ok(saturation(raster, operation.amountPercent));
    case 'temperature':
      return ok(temperature(raster, operation.amountPercent));
    case 'hue':
      return ok(hue(raster, operation.degrees));
    case 'black-and-white':
      return ok(blackAndWhite(raster));
    case 'recolour':
      return ok(recolour(raster, operation.colour, covered ?? everywhere(raster)));
    case 'blur':
      return ok(await blur(raster, operation.amountPercent, operation.radiusPixels));
    case 'sharpen':
      return ok(await sharpen(raster, operation.amountPercent));
    case 'text':
      return ok(await writeLabel(raster, operation, roomFor(raster, covered)));
    case 'erase':
      return erase(raster, covered ?? everywhere(raster));
  }
}

async function wholePicture(canvas: Canvas, operation: PictureStep, pixelsMax: number): Promise<Result<Canvas, LocalRefusal>> {
  const { raster, shares } = canvas;
  if (operation.operation === 'crop') {
    if (shares !== null && operation.to.kind !== 'mask') return refuse(maskInTheWay());
    const bounds = cropBounds(raster, operation.to, shares);
    if (!bounds.ok) return bounds;
    return ok({ raster: crop(raster, bounds.value), shares: shares && cutOut(shares, raster.width, 1, bounds.value) });
  }
  if (shares !== null) return refuse(maskInTheWay());
  switch (operation.operation) {
    case 'rotate':
      return ok({ raster: await rotate(raster, operation.centidegrees), shares });
    case 'flip':
      return ok({ raster: await flip(raster, operation.axis), shares });
    case 'flatten':
      return ok({ raster: await flatten(raster, operation.background), shares });
    case 'resize': {
      const resized = await resize(raster, operation.to, pixelsMax);
      return resized.ok ? ok({ raster: resized.value, shares }) : resized;
    }
  }
}

/** The mask inside the named part; null when both are everything. */
function within({ width, height }: Raster, shares: Uint8Array | null, area: Area): Uint8Array | null {
  if (area === null) return shares;
  const [left, right] = span(area.left, area.width, width);
  const [top, bottom] = span(area.top, area.height, height);
  const covered = new Uint8Array(width * height);
  for (let y = top; y < bottom; y += 1) {
    if (shares === null) covered.fill(255, y * width + left, y * width + right);
    else covered.set(shares.subarray(y * width + left, y * width + right), y * width + left);
  }
  return covered;
}

const everywhere = ({ width, height }: Raster): Uint8Array => new Uint8Array(width * height).fill(255);

function roomFor({ width, height }: Raster, covered: Uint8Array | null): { left: number; top: number; width: number; height: number } {
  return (covered && boundsOf(covered, width)) ?? { left: 0, top: 0, width, height };
}
