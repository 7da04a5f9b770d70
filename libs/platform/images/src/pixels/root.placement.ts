import type { Raster } from '../picture.types.js';

/** One way of holding a picture: turned by quarters clockwise, then mirrored. */
export interface Turning {
  readonly quarters: 0 | 1 | 2 | 3;
  readonly mirrored: boolean;
}

/** Where a picture lies in the root, after the root was turned: a rectangle in shares of the turned root's width and height. */
export interface Placement {
  readonly turning: Turning;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** How well they agree there, -1 to 1. */
  readonly likeness: number;
}

type Grey = { readonly data: Float32Array; readonly width: number; readonly height: number };

export const TURNINGS: readonly Turning[] = ([0, 1, 2, 3] as const).flatMap((quarters) =>
  [false, true].map((mirrored) => ({ quarters, mirrored })),
);
/** Correlation below which the picture is taken to lie somewhere else, or nowhere. */
export const ALIKE_MIN = 0.55;
const SEARCH_PX = 48;
const REFINE_PX = [96, 192];
/** Below this there is nothing but the noise of an encoder. */
const PLAIN_VARIANCE_MAX = 4;
/** Sides that agree this well are not cropped. */
const PROPORTION_TOLERANCE = 0.03;
const SHARE_MIN = 0.35;
const SHARE_STEP = 0.95;
const ROUNDS_MAX = 12;
const WHOLE = { left: 0, top: 0, width: 1, height: 1 };

/**
 * Where it lies if nothing was cut away: of the eight ways to hold the root, the one that agrees best, or as it was held where none does. Null: it has
 * other proportions.
 */
export function placeWhole(root: Raster, picture: Raster): Placement | null {
  const small = shrunk(greyOf(picture), SEARCH_PX);
  const grey = shrunk(greyOf(root), SEARCH_PX);
  const held = TURNINGS.map((turning) => ({ turning, grey: turn(grey, turning) })).filter((each) => isOfProportion(each.grey, small));
  const places = held.map((each) => ({ turning: each.turning, ...WHOLE, likeness: likenessAt(each.grey, small, WHOLE) }));
  const best = strongest(places);
  return best && best.likeness < ALIKE_MIN ? (places[0] ?? null) : best;
}

/** Where it lies if it was cropped, to not less than a third of a side; held as it was, or mirrored. Null: it is of a shape that no such crop has. */
export function placeCrop(root: Raster, picture: Raster): Placement | null {
  const small = shrunk(greyOf(picture), SEARCH_PX);
  const grey = greyOf(root);
  const found = TURNINGS.filter(({ quarters }) => quarters === 0).flatMap((turning) =>
    crops(turn(shrunk(grey, SEARCH_PX), turning), small).map((crop) => ({ turning, ...crop })),
  );
  const coarse = strongest(found);
  return coarse && refined(turn(grey, coarse.turning), greyOf(picture), coarse);
}

/** Pixels held otherwise; `channels` values each. */
export function turn<Pixels extends Uint8Array | Float32Array>(
  picture: { readonly data: Pixels; readonly width: number; readonly height: number },
  { quarters, mirrored }: Turning,
  channels = 1,
): { readonly data: Pixels; readonly width: number; readonly height: number } {
  const [width, height] = quarters % 2 === 0 ? [picture.width, picture.height] : [picture.height, picture.width];
  // not slice(): a Buffer's shares its memory
  const data = (picture.data instanceof Float32Array ? new Float32Array(picture.data) : new Uint8Array(picture.data)) as Pixels;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [fromX, fromY] = sourceOf(mirrored ? width - 1 - x : x, y, quarters, picture);
      const [to, from] = [(y * width + x) * channels, (fromY * picture.width + fromX) * channels];
      for (let channel = 0; channel < channels; channel += 1) data[to + channel] = picture.data[from + channel] ?? 0;
    }
  }
  return { data, width, height };
}

function sourceOf(
  x: number,
  y: number,
  quarters: Turning['quarters'],
  { width, height }: Pick<Grey, 'width' | 'height'>,
): readonly [number, number] {
  switch (quarters) {
    case 0:
      return [x, y];
    case 1:
      return [y, height - 1 - x];
    case 2:
      return [width - 1 - x, height - 1 - y];
    case 3:
      return [width - 1 - y, x];
  }
}

function greyOf({ data, width, height, channels }: Raster): Grey {
  const grey = new Float32Array(width * height);
  for (let pixel = 0; pixel < grey.length; pixel += 1) {
    const at = pixel * channels;
    grey[pixel] = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  }
  return { data: grey, width, height };
}

/** To a longer side of `side`, each pixel the mean of those it stands for. */
function shrunk(grey: Grey, side: number): Grey {
  const scale = Math.max(1, Math.max(grey.width, grey.height) / side);
  const [width, height] = [Math.max(1, Math.round(grey.width / scale)), Math.max(1, Math.round(grey.height / scale))];
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data[y * width + x] = meanOf(grey, x, y, width, height);
  return { data, width, height };
}

function meanOf(grey: Grey, x: number, y: number, width: number, height: number): number {
  const [left, right] = [Math.floor((x * grey.width) / width), Math.ceil(((x + 1) * grey.width) / width)];
  const [top, bottom] = [Math.floor((y * grey.height) / height), Math.ceil(((y + 1) * grey.height) / height)];
  let sum = 0;
  for (let row = top; row < bottom; row += 1)
    for (let column = left; column < right; column += 1) sum += grey.data[row * grey.width + column] ?? 0;
  return sum / ((right - left) * (bottom - top));
}

function isOfProportion(one: Grey, other: Grey): boolean {
  return Math.abs((one.width * other.height) / (one.height * other.width) - 1) <= PROPORTION_TOLERANCE;
}

type Crop = Pick<Placement, 'left' | 'top' | 'width' | 'height' | 'likeness'>;

/** The best place for each size that a crop may have. */
function crops(root: Grey, picture: Grey): readonly Crop[] {
  const found: Crop[] = [];
  const proportion = (picture.height / picture.width) * (root.width / root.height);
  for (let width = Math.min(1, 1 / proportion); width >= SHARE_MIN; width *= SHARE_STEP) {
    const height = width * proportion;
    const template = resized(picture, Math.max(4, Math.round(width * root.width)), Math.max(4, Math.round(height * root.height)));
    let best: Crop | undefined;
    for (let y = 0; y + template.height <= root.height; y += 1) {
      for (let x = 0; x + template.width <= root.width; x += 1) {
        const place = {
          left: x / root.width,
          top: y / root.height,
          width: template.width / root.width,
          height: template.height / root.height,
        };
        const likeness = likenessOf(template, (column, row) => root.data[(y + row) * root.width + x + column] ?? 0);
        if (!best || likeness > best.likeness) best = { ...place, likeness };
      }
    }
    if (best) found.push(best);
  }
  return found;
}

/** Looks closer around what was found, twice. */
function refined(root: Grey, picture: Grey, coarse: Placement): Placement {
  let best = coarse;
  for (const side of REFINE_PX) {
    const grey = shrunk(root, side);
    const wanted = shrunk(picture, Math.round(side * Math.max(best.width, best.height)));
    const step = 0.5 / side;
    best = { ...best, likeness: likenessAt(grey, wanted, best) };
    for (let round = 0, better = true; better && round < ROUNDS_MAX; round += 1) {
      better = false;
      for (const moved of neighbours(best, step)) {
        const likeness = likenessAt(grey, wanted, moved);
        if (likeness > best.likeness) [best, better] = [{ ...moved, likeness }, true];
      }
    }
  }
  return best;
}

function neighbours(place: Placement, step: number): readonly Placement[] {
  const { left, top, width, height } = place;
  const moves = [-2, -1, 1, 2].map((times) => times * step);
  const all = [
    ...moves.map((by) => ({ ...place, left: left + by })),
    ...moves.map((by) => ({ ...place, top: top + by })),
    // it grows from its middle, so that one step at a time can lead to the right size
    ...moves.map((by) => ({ ...place, left: left - by / 2, width: width + by })),
    ...moves.map((by) => ({ ...place, top: top - by / 2, height: height + by })),
  ];
  return all.filter(
    (moved) => moved.left >= -step && moved.top >= -step && moved.left + moved.width <= 1 + step && moved.top + moved.height <= 1 + step,
  );
}

function resized(grey: Grey, width: number, height: number): Grey {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) data[y * width + x] = sampled(grey, (x + 0.5) / width, (y + 0.5) / height);
  return { data, width, height };
}

function likenessAt(root: Grey, picture: Grey, { left, top, width, height }: Omit<Crop, 'likeness'>): number {
  return likenessOf(picture, (column, row) =>
    sampled(root, left + ((column + 0.5) * width) / picture.width, top + ((row + 0.5) * height) / picture.height),
  );
}

/** Bilinear; `x` and `y` in shares. */
function sampled({ data, width, height }: Grey, x: number, y: number): number {
  const across = Math.min(width - 1, Math.max(0, x * width - 0.5));
  const down = Math.min(height - 1, Math.max(0, y * height - 0.5));
  const left = Math.floor(across);
  const top = Math.floor(down);
  const right = Math.min(width - 1, left + 1);
  const bottom = Math.min(height - 1, top + 1);
  const at = (column: number, row: number): number => data[row * width + column] ?? 0;
  const above = at(left, top) + (at(right, top) - at(left, top)) * (across - left);
  const below = at(left, bottom) + (at(right, bottom) - at(left, bottom)) * (across - left);
  return above + (below - above) * (down - top);
}

/** Pearson's correlation: what brightness and contrast do to a picture does not change it. Two plain sheets are alike, one and a picture are not. */
function likenessOf({ data, width, height }: Grey, other: (column: number, row: number) => number): number {
  let sumA = 0;
  let sumB = 0;
  let sumAA = 0;
  let sumBB = 0;
  let sumAB = 0;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const a = data[row * width + column] ?? 0;
      const b = other(column, row);
      sumA += a;
      sumB += b;
      sumAA += a * a;
      sumBB += b * b;
      sumAB += a * b;
    }
  }
  const count = width * height;
  const varianceA = sumAA / count - (sumA / count) ** 2;
  const varianceB = sumBB / count - (sumB / count) ** 2;
  if (varianceA < PLAIN_VARIANCE_MAX || varianceB < PLAIN_VARIANCE_MAX)
    return varianceA < PLAIN_VARIANCE_MAX && varianceB < PLAIN_VARIANCE_MAX ? 1 : 0;
  return (sumAB / count - (sumA * sumB) / count ** 2) / Math.sqrt(varianceA * varianceB);
}

function strongest<P extends { readonly likeness: number }>(places: readonly P[]): P | null {
  return places.reduce<P | null>((best, place) => (best === null || place.likeness > best.likeness ? place : best), null);
}
