import { digestPixels } from '../../../apps/cli/src/picture.digest';
import { MANIFEST_FORMATS } from '@imprimatur/formats/manifest';
import sharp from 'sharp';
import { makePicture, ReleaseDesk } from './release-desk';

const desk = new ReleaseDesk();
afterAll(() => desk.close());
const PIXELS_MAX = 1_000_000;

/** The service records a digest, and the offline verifier, which shares no code with it, has to find the same. */
describe('the pixel digests of service and verifier', () => {
  const kinds: readonly (readonly [string, () => Promise<Buffer>])[] = [
    ...MANIFEST_FORMATS.map((format) => [format, () => makePicture(format)] as const),
    [
      'a turned JPEG',
      async () =>
        sharp(await makePicture('png'))
          .withMetadata({ orientation: 6 })
          .jpeg()
          .toBuffer(),
    ],
    [
      'a PNG with transparency',
      async () =>
        sharp(await makePicture('png'))
          .ensureAlpha(0.4)
          .png()
          .toBuffer(),
    ],
    [
      'a grey JPEG',
      async () =>
        sharp(await makePicture('png'))
          .greyscale()
          .jpeg()
          .toBuffer(),
    ],
    [
      'a PNG of 16 bits',
      async () =>
        sharp(await makePicture('png'))
          .toColourspace('rgb16')
          .png()
          .toBuffer(),
    ],
    [
      'a CMYK JPEG',
      async () =>
        sharp(await makePicture('png'))
          .toColourspace('cmyk')
          .jpeg()
          .toBuffer(),
    ],
    [
      'a picture in Display P3',
      async () =>
        sharp(await makePicture('png'))
          .withIccProfile('p3')
          .png()
          .toBuffer(),
    ],
  ];

  it.each(kinds)('agree on %s', async (_kind, make) => {
    const bytes = await make();
    expect(await digestPixels(bytes, PIXELS_MAX)).toEqual(await desk.pictures.pixelDigest(bytes));
  });

  it('is none for what does not decode, or is too large', async () => {
    expect(await digestPixels(Buffer.from('not a picture'), PIXELS_MAX)).toBeNull();
    expect(await digestPixels(await makePicture('png'), 10)).toBeNull();
  });
});
