import type { Raster } from '@imprimatur/platform/images';

/** Luminance weights of sRGB (Rec. 709). */
const [RED, GREEN, BLUE] = [0.2126, 0.7152, 0.0722];
/** How far a temperature of 100 % bends red and blue apart. */
const TEMPERATURE_SPAN = 0.25;

type Curve = (value: number) => number;

/** CSS `brightness()`: each value times 1 + amount. */
export function brightness(raster: Raster, amountPercent: number): Raster {
  const curve: Curve = (value) => value * (1 + amountPercent / 100);
  return byCurves(raster, [curve, curve, curve]);
}

/** CSS `contrast()`: distance from the middle grey times 1 + amount. */
export function contrast(raster: Raster, amountPercent: number): Raster {
  const curve: Curve = (value) => (value - 127.5) * (1 + amountPercent / 100) + 127.5;
  return byCurves(raster, [curve, curve, curve]);
}

/** Warmer above 0: more red, less blue. */
export function temperature(raster: Raster, amountPercent: number): Raster {
  const bend = (TEMPERATURE_SPAN * amountPercent) / 100;
  return byCurves(raster, [(value) => value * (1 + bend), (value) => value, (value) => value * (1 - bend)]);
}

/** CSS `saturate()`: -100 is grey, 100 twice as colourful. */
export function saturation(raster: Raster, amountPercent: number): Raster {
  const s = 1 + amountPercent / 100;
  const row = (own: number): readonly number[] => [RED, GREEN, BLUE].map((weight, index) => weight * (1 - s) + (index === own ? s : 0));
  return byMatrix(raster, [...row(0), ...row(1), ...row(2)]);
}

/** CSS `grayscale(1)`. */
export function blackAndWhite(raster: Raster): Raster {
  return saturation(raster, -100);
}

/** CSS `hue-rotate()`: keeps luminance. */
export function hue(raster: Raster, degrees: number): Raster {
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  return byMatrix(raster, [
    0.213 + cos * 0.787 - sin * 0.213,
    0.715 - cos * 0.715 - sin * 0.715,
    0.072 - cos * 0.072 + sin * 0.928,
    0.213 - cos * 0.213 + sin * 0.143,
    0.715 + cos * 0.285 + sin * 0.14,
    0.072 - cos * 0.072 - sin * 0.283,
    0.213 - cos * 0.213 - sin * 0.787,
    0.715 - cos * 0.715 + sin * 0.715,
    0.072 + cos * 0.928 + sin * 0.072,
  ]);
}

/** Each channel by a table of its 256 values; transparency stays. */
function byCurves(raster: Raster, curves: readonly [Curve, Curve, Curve]): Raster {
  const [red, green, blue] = curves.map((curve) => Uint8ClampedArray.from({ length: 256 }, (_, value) => Math.round(curve(value))));
  const data = Uint8Array.from(raster.data);
  for (let at = 0; at < data.length; at += raster.channels) {
    data[at] = red?.[data[at] ?? 0] ?? 0;
    data[at + 1] = green?.[data[at + 1] ?? 0] ?? 0;
    data[at + 2] = blue?.[data[at + 2] ?? 0] ?? 0;
  }
  return { ...raster, data };
}

function byMatrix(raster: Raster, matrix: readonly number[]): Raster {
  const [rr = 0, rg = 0, rb = 0, gr = 0, gg = 0, gb = 0, br = 0, bg = 0, bb = 0] = matrix;
  const data = Uint8ClampedArray.from(raster.data);
  for (let at = 0; at < data.length; at += raster.channels) {
    const red = data[at] ?? 0;
    const green = data[at + 1] ?? 0;
    const blue = data[at + 2] ?? 0;
    data[at] = Math.round(rr * red + rg * green + rb * blue);
    data[at + 1] = Math.round(gr * red + gg * green + gb * blue);
    data[at + 2] = Math.round(br * red + bg * green + bb * blue);
  }
  return { ...raster, data: new Uint8Array(data.buffer) };
}
