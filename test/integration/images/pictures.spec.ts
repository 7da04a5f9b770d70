import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { Pictures, type PictureFormat, type PictureLimits } from '@imprimatur/platform/images';

const limits: PictureLimits = { bytesMax: 5_000_000, pixelsMax: 4_000_000, decodeTimeoutSeconds: 20 };
const FORMATS: readonly PictureFormat[] = ['jpeg', 'png', 'webp', 'avif', 'tiff'];
const pictures = new Pictures({ limits, threads: 1 });
afterAll(() => pictures.close());

/** 64 x 40, no two quarters alike, so that a turn or a flip shows. */
function quarters() {
  const data = Buffer.alloc(64 * 40 * 3);
  for (let y = 0; y < 40; y += 1) for (let x = 0; x < 64; x += 1) data.set([x * 4, y * 6, x < 32 ? 200 : 10], (y * 64 + x) * 3);
  return sharp(data, { raw: { width: 64, height: 40, channels: 3 } });
}
const decoded = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer({ resolveWithObject: true });

describe('inspecting a picture', () => {
  it.each(FORMATS)('reads %s', async (format) => {
    const bytes = await quarters().toFormat(format).toBuffer();
    const inspected = await pictures.inspectPicture(bytes);
    expect(inspected).toMatchObject({
      ok: true,
      value: { format, width: 64, height: 40, orientation: 1, hasAlpha: false, bitDepth: 8, colourProfile: null, sizeBytes: bytes.length },
    });
  });

  it('applies the orientation, and names profile, depth, alpha and rights', async () => {
    const turned = await quarters()
      .withMetadata({ orientation: 6 })
      .withExif({ IFD0: { Artist: 'Ana', Copyright: 'Ana 2026', Orientation: '6' } })
      .jpeg()
      .toBuffer();
    expect(await pictures.inspectPicture(turned)).toMatchObject({
      ok: true,
      value: { width: 40, height: 64, orientation: 6, rights: { creator: 'Ana', copyright: 'Ana 2026' } },
    });
    const deep = await quarters().ensureAlpha(0.5).toColourspace('rgb16').withIccProfile('p3').png().toBuffer();
    expect(await pictures.inspectPicture(deep)).toMatchObject({
      ok: true,
      value: { hasAlpha: true, bitDepth: 16, colourProfile: expect.stringMatching(/p3/i) as string },
    });
  });

  const refusals: [string, string, () => Promise<Uint8Array> | Uint8Array][] = [
    ['nothing', 'PICTURE_UNREADABLE', () => new Uint8Array()],
    ['an SVG', 'PICTURE_FORMAT_UNSUPPORTED', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['a GIF', 'PICTURE_FORMAT_UNSUPPORTED', () => quarters().gif().toBuffer()],
    [
      'an SVG behind JPEG magic',
      'PICTURE_UNREADABLE',
      () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')]),
    ],
    ['too many bytes', 'PICTURE_TOO_LARGE', () => new Uint8Array(limits.bytesMax + 1)],
    [
      'too many pixels in few bytes',
      'PICTURE_TOO_MANY_PIXELS',
      () =>
        sharp({ create: { width: 4000, height: 4000, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
    ],
    [
      'an animation',
      'PICTURE_ANIMATED',
      async () =>
        sharp(
          await sharp([await quarters().png().toBuffer(), await quarters().flop().png().toBuffer()], { join: { animated: true } })
            .webp()
            .toBuffer(),
          { animated: true },
        )
          .webp()
          .toBuffer(),
    ],
    [
      'half a JPEG',
      'PICTURE_UNREADABLE',
      async () => (await quarters().resize(800, 800, { fit: 'fill' }).jpeg().toBuffer()).subarray(0, 4000),
    ],
    ['half a PNG', 'PICTURE_UNREADABLE', async () => (await quarters().png().toBuffer()).subarray(0, 300)],
  ];
  it.each(refusals)('refuses %s with %s', async (_name, code, make) => {
    expect(await pictures.inspectPicture(await make())).toMatchObject({ ok: false, refusal: { code } });
  });

  it.each(FORMATS)('answers for %s damaged anywhere, and decodes what it accepts', async (format) => {
    const bytes = await quarters().toFormat(format).toBuffer();
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 25)) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      const inspected = await pictures.inspectPicture(damaged);
      if (inspected.ok) await expect(pictures.pixelDigest(damaged)).resolves.toMatchObject({ channels: expect.any(Number) as number });
      else expect(inspected.refusal.code).toMatch(/^PICTURE_/);
    }
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await expect(pictures.inspectPicture(await quarters().png().toBuffer(), stop.signal)).rejects.toThrow('enough');
  });
});

describe('rendering', () => {
  it('makes a thumbnail that fits, upright, opaque, never larger', async () => {
    const bytes = await quarters().ensureAlpha(0).withMetadata({ orientation: 6 }).png().toBuffer();
    const small = await pictures.renderThumbnail(bytes, 20);
    expect(small).toMatchObject({ format: 'jpeg', width: 13, height: 20 });
    const { data } = await decoded(small.bytes);
    expect(Math.min(...data)).toBeGreaterThan(250);
    expect(await pictures.renderThumbnail(bytes, 900)).toMatchObject({ width: 40, height: 64 });
  });

  it.each(FORMATS)('writes %s with rights that read back, in sRGB, the same each time', async (format) => {
    const bytes = await quarters().withIccProfile('p3').png().toBuffer();
    const recipe = {
      format,
      maxWidth: 32,
      rights: { digitalSourceType: 'humanEdits', credit: 'Studio & Co', creator: 'Ana', copyright: '© Ana' },
    };
    const made = await pictures.renderDerivative(bytes, recipe);
    expect(made).toMatchObject({ format, width: 32, height: 20 });
    expect(await pictures.inspectPicture(made.bytes)).toMatchObject({
      ok: true,
      value: {
        format,
        width: 32,
        height: 20,
        colourProfile: expect.stringMatching(/srgb/i) as string,
        rights: {
          creator: 'Ana',
          credit: 'Studio & Co',
          copyright: '© Ana',
          digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/humanEdits',
        },
      },
    });
    expect(Buffer.compare((await pictures.renderDerivative(bytes, recipe)).bytes, made.bytes)).toBe(0);
  });

  it("keeps the picture's own profile when asked, and drops what the source said", async () => {
    const bytes = await quarters()
      .withIccProfile('p3')
      .withExif({ IFD0: { Artist: 'Somebody else' } })
      .jpeg()
      .toBuffer();
    const made = await pictures.renderDerivative(bytes, { format: 'jpeg', colour: 'keep', rights: { credit: 'Us' } });
    const inspected = await pictures.inspectPicture(made.bytes);
    expect(inspected).toMatchObject({
      ok: true,
      value: { colourProfile: expect.stringMatching(/p3/i) as string, rights: { creator: null, credit: 'Us' } },
    });
  });
});

describe('a label', () => {
  const grey = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#777' } });
  const recipe = (text: string, heightPermille: number) => ({ format: 'png' as const, rights: {}, label: { text, heightPermille } });

  it.each([['AI'], ['生成'], ['AI合成 / Synthetic performer']])('%s is as high as it must be, and the same on every run', async (text) => {
    const bytes = await grey(400, 200).jpeg({ quality: 100 }).toBuffer();
    const made = await pictures.renderDerivative(bytes, recipe(text, 100));
    expect(Buffer.compare((await pictures.renderDerivative(bytes, recipe(text, 100))).bytes, made.bytes)).toBe(0);
    const { data, info } = await decoded(made.bytes);
    const isWhite = (x: number, y: number): boolean => (data[(y * info.width + x) * info.channels] ?? 0) > 200;
    const rows = Array.from({ length: info.height }, (_, y) => y).filter((y) =>
      Array.from({ length: info.width }, (_, x) => x).some((x) => isWhite(x, y)),
    );
    expect(rows.length).toBeGreaterThanOrEqual(20);
    // outside the label nothing changes
    expect([...data.subarray(0, 3)].every((value) => Math.abs(value - 0x77) <= 2)).toBe(true);
  });

  it('is never smaller than it must be: where it does not fit nothing is made', async () => {
    const bytes = await grey(40, 400).png().toBuffer();
    await expect(pictures.renderDerivative(bytes, recipe('Synthetic performer', 150))).rejects.toMatchObject({
      code: 'LABEL_DOES_NOT_FIT',
    });
  });
});

describe('pixels', () => {
  it('have one digest in every lossless container and after new metadata, and another when one value differs', async () => {
    const png = await quarters().png().toBuffer();
    const digest = await pictures.pixelDigest(png);
    expect(digest).toMatchObject({
      width: 64,
      height: 40,
      channels: 3,
      decoder: expect.stringMatching(/^sharp\/0\.\d+\.\d+ libvips\/8/) as string,
    });
    expect((await pictures.pixelDigest(await quarters().tiff({ compression: 'lzw' }).toBuffer())).sha256).toBe(digest.sha256);
    expect((await pictures.pixelDigest(await quarters().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>').png().toBuffer())).sha256).toBe(
      digest.sha256,
    );
    const { data } = await decoded(png);
    data[1234] = (data[1234] ?? 0) ^ 1;
    const changed = await sharp(data, { raw: { width: 64, height: 40, channels: 3 } })
      .png()
      .toBuffer();
    expect((await pictures.pixelDigest(changed)).sha256).not.toBe(digest.sha256);
  });

  it('are compared outside a box, a polygon, a point and a PNG alike', async () => {
    const before = await sharp({ create: { width: 100, height: 100, channels: 3, background: 'black' } })
      .png()
      .toBuffer();
    const square = await sharp({ create: { width: 50, height: 50, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    const after = await sharp(before)
      .composite([{ input: square, left: 0, top: 0 }])
      .png()
      .toBuffer();
    const png = after;
    expect(await pictures.compareOutsideMask(before, after, null)).toEqual({
      changedPermille: 250,
      meanDifferencePerMille: 250,
      maxDifference: 255,
      resized: false,
    });
    const clean = { changedPermille: 0, meanDifferencePerMille: 0, maxDifference: 0, resized: false };
    const corner = [
      { x: 0, y: 0 },
      { x: 500, y: 0 },
      { x: 500, y: 500 },
      { x: 0, y: 500 },
    ];
    expect(await pictures.compareOutsideMask(before, after, { kind: 'box', left: 0, top: 0, width: 500, height: 500 })).toEqual(clean);
    expect(await pictures.compareOutsideMask(before, after, { kind: 'polygon', points: corner })).toEqual(clean);
    expect(await pictures.compareOutsideMask(before, after, { kind: 'png', bytes: png })).toEqual(clean);
    expect(await pictures.compareOutsideMask(after, before, { kind: 'point', x: 100, y: 100, tolerance: 10 })).toEqual(clean);
    expect(
      (await pictures.compareOutsideMask(before, after, { kind: 'box', left: 500, top: 500, width: 500, height: 500 })).changedPermille,
    ).toBe(334);
  });

  it('of another size are compared after scaling, and it says so', async () => {
    const before = await sharp({ create: { width: 100, height: 100, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const after = await sharp(before).resize(50, 50).png().toBuffer();
    expect(await pictures.compareOutsideMask(before, after, null)).toMatchObject({ changedPermille: 0, resized: true });
  });

  it('cannot be compared under a mask that does not fit', async () => {
    const before = await quarters().png().toBuffer();
    const mask = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    await expect(pictures.compareOutsideMask(before, before, { kind: 'png', bytes: mask })).rejects.toMatchObject({
      code: 'MASK_SIZE_MISMATCH',
    });
    await expect(pictures.compareOutsideMask(before, Buffer.from('junk'), null)).rejects.toMatchObject({
      code: 'PICTURE_NOT_DECODABLE',
      retryable: false,
    });
  });
});

const fixtures = process.env.IMPRIMATUR_FIXTURES;
(fixtures ? describe : describe.skip)('other people’s photos', () => {
  const folder = join(fixtures ?? '', 'photos');
  const names = fixtures && existsSync(folder) ? readdirSync(folder).filter((name) => /\.(png|jpg)$/.test(name)) : [];
  it('are all readable', async () => {
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(await pictures.inspectPicture(readFileSync(join(folder, name)))).toMatchObject({ ok: true });
  });
});
