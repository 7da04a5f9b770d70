import fc from 'fast-check';
import type { Raster } from '../picture.types';
import { compareRasters, NOISE_MAX } from './pixel.compare';

const raster = (width: number, height: number, fill: (pixel: number) => number[]): Raster => {
  const pixels = Array.from({ length: width * height }, (_, pixel) => fill(pixel));
  return { data: Uint8Array.from(pixels.flat()), width, height, channels: pixels[0]?.length === 4 ? 4 : 3 };
};
const grey = (value: number) => raster(10, 10, () => [value, value, value]);

describe('change outside a mask', () => {
  it('is nothing between equal pictures', () => {
    expect(compareRasters(grey(7), grey(7), null)).toEqual({ changedPermille: 0, meanDifferencePerMille: 0, maxDifference: 0 });
  });

  it('is everything between black and white', () => {
    expect(compareRasters(grey(0), grey(255), null)).toEqual({ changedPermille: 1000, meanDifferencePerMille: 1000, maxDifference: 255 });
  });

  it('does not count what the mask covers, be it by a trace', () => {
    const after = raster(10, 10, (pixel) => (pixel < 50 ? [200, 200, 200] : [0, 0, 0]));
    const mask = Uint8Array.from({ length: 100 }, (_, pixel) => (pixel < 50 ? 1 : 0));
    expect(compareRasters(grey(0), after, mask).changedPermille).toBe(0);
    expect(
      compareRasters(
        grey(0),
        after,
        mask.map((share) => 1 - share),
      ).changedPermille,
    ).toBe(1000);
  });

  it('rounds up, so that one changed pixel never reads as none', () => {
    const before = raster(100, 100, () => [0, 0, 0]);
    expect(
      compareRasters(
        before,
        raster(100, 100, (pixel) => (pixel === 5 ? [255, 0, 0] : [0, 0, 0])),
        null,
      ).changedPermille,
    ).toBe(1);
  });

  it('takes differences up to the noise of an encoder for unchanged, and still reports the largest', () => {
    expect(compareRasters(grey(100), grey(100 + NOISE_MAX), null)).toMatchObject({ changedPermille: 0, maxDifference: NOISE_MAX });
    expect(compareRasters(grey(100), grey(101 + NOISE_MAX), null).changedPermille).toBe(1000);
  });

  it('compares transparency, and takes none for opaque', () => {
    const clear = raster(10, 10, () => [7, 7, 7, 0]);
    expect(compareRasters(grey(7), clear, null).changedPermille).toBe(1000);
    expect(
      compareRasters(
        grey(7),
        raster(10, 10, () => [7, 7, 7, 255]),
        null,
      ).maxDifference,
    ).toBe(0);
  });

  it('is the same both ways', () => {
    const pixels = fc.uint8Array({ minLength: 75, maxLength: 75 }).map((data): Raster => ({ data, width: 5, height: 5, channels: 3 }));
    fc.assert(fc.property(pixels, pixels, (a, b) => expect(compareRasters(a, b, null)).toEqual(compareRasters(b, a, null))));
  });
});
