import type { Raster } from '@imprimatur/platform/images';
import fc from 'fast-check';
import { blend, boundsOf, cutOut, layOver } from './blend';
import { recolour } from './recolour';
import { blackAndWhite, brightness, contrast, hue, saturation, temperature } from './tone';

const of = (...pixels: number[][]): Raster => ({
  data: Uint8Array.from(pixels.flat()),
  width: pixels.length,
  height: 1,
  channels: pixels[0]?.length === 4 ? 4 : 3,
});
const pixelsOf = ({ data, channels }: Raster): number[][] =>
  Array.from({ length: data.length / channels }, (_, at) => [...data.subarray(at * channels, (at + 1) * channels)]);
const rasters = fc.uint8Array({ minLength: 48, maxLength: 48 }).map((data): Raster => ({ data, width: 4, height: 3, channels: 4 }));
const shares = fc.uint8Array({ minLength: 12, maxLength: 12 });

describe('tone and colour', () => {
  it.each([
    ['brightness +20', brightness(of([100, 0, 240]), 20), [120, 0, 255]],
    ['brightness -100', brightness(of([100, 7, 240]), -100), [0, 0, 0]],
    ['contrast +50', contrast(of([100, 128, 240]), 50), [86, 128, 255]],
    ['contrast -100', contrast(of([0, 128, 255]), -100), [128, 128, 128]],
    ['temperature +100', temperature(of([100, 100, 100]), 100), [125, 100, 75]],
    ['saturation -100', saturation(of([255, 0, 0]), -100), [54, 54, 54]],
    ['saturation of grey', saturation(of([77, 77, 77]), 80), [77, 77, 77]],
    ['black and white', blackAndWhite(of([0, 255, 0])), [182, 182, 182]],
    ['hue of grey', hue(of([90, 90, 90]), 120), [90, 90, 90]],
  ])('%s', (_name, raster, expected) => expect([...raster.data]).toEqual(expected));

  it('leave transparency as it was, and change nothing by nothing', () => {
    fc.assert(
      fc.property(rasters, fc.integer({ min: -100, max: 100 }), (raster, amount) => {
        for (const edit of [brightness, contrast, saturation, temperature, hue]) {
          expect(pixelsOf(edit(raster, amount)).map((pixel) => pixel[3])).toEqual(pixelsOf(raster).map((pixel) => pixel[3]));
          expect([...edit(raster, 0).data]).toEqual([...raster.data]);
        }
      }),
    );
  });
});

describe('recolouring', () => {
  it('turns red to blue, keeping light and shade apart', () => {
    const [dark = [], light = []] = pixelsOf(recolour(of([120, 20, 20], [230, 90, 90]), '#0000ff', Uint8Array.of(255, 255)));
    for (const [red = 0, , blue = 0] of [dark, light]) expect(blue).toBeGreaterThan(red + 60);
    expect(light.reduce((sum, value) => sum + value)).toBeGreaterThan(dark.reduce((sum, value) => sum + value) + 60);
  });

  it('takes black and white for what they are', () => {
    const red = of([200, 30, 30]);
    expect(Math.max(...recolour(red, '#000000', Uint8Array.of(255)).data)).toBeLessThan(60);
    expect(Math.min(...recolour(red, '#ffffff', Uint8Array.of(255)).data)).toBeGreaterThan(190);
  });
});

describe('working under a mask', () => {
  it('changes no byte where the mask is 0 and takes the edit where it is 255', () => {
    fc.assert(
      fc.property(rasters, rasters, shares, (base, edited, mask) => {
        const mixed = pixelsOf(blend(base, edited, mask));
        mixed.forEach((pixel, at) => {
          if (mask[at] === 0) expect(pixel).toEqual(pixelsOf(base)[at]);
          if (mask[at] === 255) expect(pixel).toEqual(pixelsOf(edited)[at]);
        });
      }),
    );
  });

  it('finds the smallest rectangle around it', () => {
    const mask = new Uint8Array(30);
    expect(boundsOf(mask, 6)).toBeNull();
    mask[8] = 1;
    mask[16] = 9;
    expect(boundsOf(mask, 6)).toEqual({ left: 2, top: 1, width: 3, height: 2 });
    expect([...cutOut(mask, 6, 1, { left: 2, top: 1, width: 3, height: 2 })]).toEqual([1, 0, 0, 0, 0, 9]);
  });

  it('lays an overlay over opaque and transparent pixels, and cuts it off at the edges', () => {
    const half: Raster = { data: Uint8Array.of(255, 255, 255, 128, 255, 255, 255, 255), width: 2, height: 1, channels: 4 };
    expect([...layOver(of([0, 0, 0], [0, 0, 0]), half, 0, 0).data]).toEqual([128, 128, 128, 255, 255, 255]);
    expect([...layOver(of([0, 0, 0, 0]), half, 0, 0).data]).toEqual([255, 255, 255, 128]);
    expect([...layOver(of([1, 2, 3]), half, -1, 0).data]).toEqual([255, 255, 255]);
    expect([...layOver(of([1, 2, 3]), half, 5, 5).data]).toEqual([1, 2, 3]);
  });
});
