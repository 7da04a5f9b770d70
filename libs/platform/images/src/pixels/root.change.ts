import { openPicture } from '../picture.decode.js';
import type { PictureLimits, Raster, RootChange, RootRegion } from '../picture.types.js';
import { expected, fitColours } from './colour.fit.js';
import { ALIKE_MIN, placeCrop, placeWhole, type Placement, turn } from './root.placement.js';

/** Both pictures are looked at in this size: what is smaller than a pixel of it is not seen. */
const SIDE_MAX = 320;
/** A pixel that differs by more than this in a channel (of 255), after the colours were brought together, is another one. */
const DIFFERENCE_MAX = 28;
/** How far a pixel may have moved: edges are never found again exactly. */
const SHIFT_PX = 1;
/** Every n-th pixel is enough for the colours. */
const STRIDE = 5;
const SECONDS_MAX = 20;
/** What differs no more than this lies where it lay, also where an addition outshines a plain root. */
const SAME_PLACE_PERMILLE_MAX = 300;
/** What differs this little needs no other explanation. */
const EXPLAINED_PERMILLE_MAX = 150;
const WHITE = '#fff';

/** Decodes both, finds where the one lies in the other, and counts the pixels that light and colour do not explain. */
export async function measureSinceRoot(
  rootBytes: Uint8Array,
  bytes: Uint8Array,
  regions: readonly RootRegion[],
  limits: PictureLimits,
): Promise<RootChange> {
  const [root, picture] = [await decodeSmall(rootBytes, limits), await decodeSmall(bytes, limits)];
  return changeSince(root, picture, regions);
}

/** `regions` lie in the root; in the answer, where they lie in the picture. */
export function changeSince(root: Raster, picture: Raster, regions: readonly RootRegion[]): RootChange {
  const found = bestOf(root, picture);
  if (found === null)
    return { changedPermille: 1000, regions: regions.map((region) => ({ ...region, changedPermille: 1000 })), likenessPermille: 0 };
  const { placement, changed } = found;
  return {
    changedPermille: shareOf(changed),
    regions: regions.map((region) => {
      const place = placed(region, placement);
      return place && { ...place, changedPermille: shareOf(within(changed, picture, place)) };
    }),
    likenessPermille: Math.max(0, Math.round(placement.likeness * 1000)),
  };
}

interface Compared {
  readonly placement: Placement;
  /** 1 for each pixel of the picture that is another one. */
  readonly changed: Uint8Array;
}

/** The whole picture first: a crop is looked for only where that leaves much unexplained. Null: they agree nowhere. */
function bestOf(root: Raster, picture: Raster): Compared | null {
  const compared = (placement: Placement | null): Compared | null => {
    if (placement === null) return null;
    const changed = changedPixels(cut(root, placement, picture), picture);
    return placement.likeness >= ALIKE_MIN || shareOf(changed) <= SAME_PLACE_PERMILLE_MAX ? { placement, changed } : null;
  };
  const whole = compared(placeWhole(root, picture));
  if (whole && shareOf(whole.changed) <= EXPLAINED_PERMILLE_MAX) return whole;
  const cropped = placeCrop(root, picture);
  const crop = cropped && cropped.likeness >= ALIKE_MIN ? compared(cropped) : null;
  return whole && (!crop || shareOf(whole.changed) <= shareOf(crop.changed)) ? whole : crop;
}

/** Ones per thousand, rounded up. */
function shareOf(marks: Uint8Array): number {
  return marks.length === 0 ? 0 : Math.ceil((marks.reduce((sum, mark) => sum + mark, 0) * 1000) / marks.length);
}

async function decodeSmall(bytes: Uint8Array, limits: PictureLimits): Promise<Raster> {
  const { data, info } = await openPicture(bytes, limits)
    .timeout({ seconds: Math.min(SECONDS_MAX, limits.decodeTimeoutSeconds) })
    .autoOrient()
    .resize(SIDE_MAX, SIDE_MAX, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: WHITE })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
  return { data, width: info.width, height: info.height, channels: 3 };
}

/** The part of the root that the picture shows, in the picture's size. */
function cut(whole: Raster, { turning, left, top, width, height }: Placement, { width: columns, height: rows }: Raster): Uint8Array {
  const root = turn(whole, turning, 3);
  const data = new Uint8Array(columns * rows * 3);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const [across, down] = [
        (left + ((x + 0.5) * width) / columns) * root.width - 0.5,
        (top + ((y + 0.5) * height) / rows) * root.height - 0.5,
      ];
      for (let channel = 0; channel < 3; channel += 1)
        data[(y * columns + x) * 3 + channel] = Math.round(sampled(root, across, down, channel));
    }
  }
  return data;
}

function sampled({ data, width, height }: Omit<Raster, 'channels'>, across: number, down: number, channel: number): number {
  const x = Math.min(width - 1, Math.max(0, across));
  const y = Math.min(height - 1, Math.max(0, down));
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = Math.min(width - 1, left + 1);
  const bottom = Math.min(height - 1, top + 1);
  const at = (column: number, row: number): number => data[(row * width + column) * 3 + channel] ?? 0;
  const above = at(left, top) + (at(right, top) - at(left, top)) * (x - left);
  const below = at(left, bottom) + (at(right, bottom) - at(left, bottom)) * (x - left);
  return above + (below - above) * (y - top);
}

/**
 * 1 for each pixel that is another one. Colours are explained in both directions: else a plain sheet would be explained by any picture, and any
 * picture by itself in grey.
 */
function changedPixels(before: Uint8Array, { data: after, width, height }: Raster): Uint8Array {
  const forth = residues(before, after, width, height, 3);
  const back = residues(after, before, width, height, 1);
  return forth.map((each, pixel) => each | (back[pixel] ?? 0));
}

/** Where `to` is not what its colours in `from` let expect; by lightness alone where `channels` is 1. */
function residues(from: Uint8Array, to: Uint8Array, width: number, height: number, channels: 1 | 3): Uint8Array {
  const pixels = width * height;
  const first = differing(
    from,
    to,
    fitColours(from, to, () => true, STRIDE),
    { width, height, channels, shift: 0 },
  );
  const alike = first.reduce((count, each) => count + 1 - each, 0);
  // once more without what differs, so that a change does not colour the rest; nothing alike leaves nothing to fit by
  if (alike < pixels / 10) return first;
  return differing(
    from,
    to,
    fitColours(from, to, (pixel) => first[pixel] === 0, STRIDE),
    { width, height, channels, shift: SHIFT_PX },
  );
}

interface Looked {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly shift: number;
}

function differing(
  from: Uint8Array,
  to: Uint8Array,
  fit: ReturnType<typeof fitColours>,
  { width, height, channels, shift }: Looked,
): Uint8Array {
  const hoped = new Float32Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) expected(fit, from, pixel, hoped, pixel * 3);
  const isAlike = (pixel: number, other: number): boolean => differenceOf(hoped, other * 3, to, pixel * 3, channels) <= DIFFERENCE_MAX;
  const marks = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const pixel = y * width + x;
      if (isAlike(pixel, pixel)) continue;
      let found = false;
      for (let row = Math.max(0, y - shift); !found && row <= Math.min(height - 1, y + shift); row += 1)
        for (let column = Math.max(0, x - shift); !found && column <= Math.min(width - 1, x + shift); column += 1)
          found = isAlike(pixel, row * width + column);
      if (!found) marks[pixel] = 1;
    }
  }
  return marks;
}

function differenceOf(hoped: Float32Array, at: number, to: Uint8Array, pixel: number, channels: 1 | 3): number {
  const red = (hoped[at] ?? 0) - (to[pixel] ?? 0);
  const green = (hoped[at + 1] ?? 0) - (to[pixel + 1] ?? 0);
  const blue = (hoped[at + 2] ?? 0) - (to[pixel + 2] ?? 0);
  if (channels === 1) return Math.abs(0.299 * red + 0.587 * green + 0.114 * blue);
  return Math.max(Math.abs(red), Math.abs(green), Math.abs(blue));
}

/** Where a region of the root lies in the picture; null: its middle was cut away. */
function placed(region: RootRegion, { turning, left, top, width, height }: Placement): RootRegion | null {
  const turned = turnedRegion(region, turning);
  const box = {
    left: (turned.left / 1000 - left) / width,
    top: (turned.top / 1000 - top) / height,
    width: turned.width / 1000 / width,
    height: turned.height / 1000 / height,
  };
  const [middle, centre] = [box.left + box.width / 2, box.top + box.height / 2];
  if (middle < 0 || middle > 1 || centre < 0 || centre > 1) return null;
  const inside = (value: number): number => Math.round(1000 * Math.min(1, Math.max(0, value)));
  const [from, above] = [inside(box.left), inside(box.top)];
  return { left: from, top: above, width: inside(box.left + box.width) - from, height: inside(box.top + box.height) - above };
}

function turnedRegion({ left, top, width, height }: RootRegion, { quarters, mirrored }: Placement['turning']): RootRegion {
  const turned = [
    { left, top, width, height },
    { left: 1000 - top - height, top: left, width: height, height: width },
    { left: 1000 - left - width, top: 1000 - top - height, width, height },
    { left: top, top: 1000 - left - width, width: height, height: width },
  ][quarters] ?? { left, top, width, height };
  return mirrored ? { ...turned, left: 1000 - turned.left - turned.width } : turned;
}

function within(marks: Uint8Array, { width, height }: Raster, region: RootRegion): Uint8Array {
  const [left, right] = [Math.floor((region.left * width) / 1000), Math.ceil(((region.left + region.width) * width) / 1000)];
  const [top, bottom] = [Math.floor((region.top * height) / 1000), Math.ceil(((region.top + region.height) * height) / 1000)];
  const inside = new Uint8Array((right - left) * (bottom - top));
  for (let y = top; y < bottom; y += 1) inside.set(marks.subarray(y * width + left, y * width + right), (y - top) * (right - left));
  return inside;
}
