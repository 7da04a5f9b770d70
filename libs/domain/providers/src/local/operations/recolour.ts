import type { Raster } from '@imprimatur/platform/images';

/** How much of the way to the new colour's lightness is gone: colours keep their light and shade, black, white and grey must come nearer. */
const LIGHTNESS_SHARE = { coloured: 0.4, neutral: 0.8 } as const;
const NEUTRAL_CHROMA_MAX = 0.04;
const GAMMA_STEPS = 4096;

const LINEAR = Float32Array.from({ length: 256 }, (_, value) => {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});
const GAMMA = Uint8Array.from({ length: GAMMA_STEPS + 1 }, (_, step) => {
  const v = step / GAMMA_STEPS;
  return Math.round((v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055) * 255);
});

interface Oklab {
  readonly l: number;
  readonly a: number;
  readonly b: number;
}

/**
 * Gives every pixel the hue and chroma of `colour` (`#rrggbb`) in OKLab and keeps its light and shade, shifted towards the colour's own
 * lightness by the mean of what `shares` covers.
 */
export function recolour(raster: Raster, colour: string, shares: Uint8Array): Raster {
  const wanted = toOklab(...channelsOf(colour));
  const isNeutral = Math.hypot(wanted.a, wanted.b) < NEUTRAL_CHROMA_MAX;
  const shift = (wanted.l - meanLightness(raster, shares)) * LIGHTNESS_SHARE[isNeutral ? 'neutral' : 'coloured'];
  const data = Uint8Array.from(raster.data);
  for (let pixel = 0; pixel < shares.length; pixel += 1) {
    if (shares[pixel] === 0) continue;
    const at = pixel * raster.channels;
    const { l } = toOklab(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0);
    writeOklab(data, at, { ...wanted, l: Math.max(0, Math.min(1, l + shift)) });
  }
  return { ...raster, data };
}

function meanLightness({ data, channels }: Raster, shares: Uint8Array): number {
  let sum = 0;
  let weight = 0;
  for (let pixel = 0; pixel < shares.length; pixel += 1) {
    const share = shares[pixel] ?? 0;
    if (share === 0) continue;
    const at = pixel * channels;
    sum += toOklab(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0).l * share;
    weight += share;
  }
  return weight === 0 ? 0 : sum / weight;
}

function channelsOf(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function toOklab(red: number, green: number, blue: number): Oklab {
  const [r = 0, g = 0, b = 0] = [LINEAR[red], LINEAR[green], LINEAR[blue]];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {
    l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  };
}

function writeOklab(data: Uint8Array, at: number, { l, a, b }: Oklab): void {
  const l3 = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m3 = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s3 = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  data[at] = gamma(4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3);
  data[at + 1] = gamma(-1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3);
  data[at + 2] = gamma(-0.0041960863 * l3 - 0.7034186147 * m3 + 1.707614701 * s3);
}

function gamma(linear: number): number {
  return GAMMA[Math.round(Math.max(0, Math.min(1, linear)) * GAMMA_STEPS)] ?? 0;
}
