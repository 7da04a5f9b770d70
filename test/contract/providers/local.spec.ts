import sharp from 'sharp';
import { type EditRequest, LocalProvider, type Operation, parseIntent } from '@imprimatur/domain/providers';
import type { PictureMask } from '@imprimatur/platform/images';
import { describeProvider } from './provider.contract';

const limits = { bytesMax: 50_000_000, pixelsMax: 20_000_000, decodeTimeoutSeconds: 20 };
const make = async () => new LocalProvider({ limits, threads: 1 });

describeProvider('local', {
  make,
  prompt: 'brighten the picture by 30%',
  maskedPrompt: 'erase this',
  refusedPrompt: 'add a dragon',
  unclearPrompt: 'rotate it',
  slow: { prompt: 'blur it, sharpen it, blur it, sharpen it', mask: null, sidePx: 1_600 },
  strangePrompts: 100,
});

describe('the local editor', () => {
  let editor: LocalProvider;
  beforeAll(async () => void (editor = await make()));
  afterAll(() => editor.close());

  const BOX: PictureMask = { kind: 'box', left: 250, top: 250, width: 500, height: 500 };
  /** 80 x 60: left half red, right half green, the top row blue. */
  const flag = (() => {
    const data = Buffer.alloc(80 * 60 * 3);
    for (let pixel = 0; pixel < 80 * 60; pixel += 1)
      data.set(pixel < 80 ? [0, 0, 255] : pixel % 80 < 40 ? [200, 40, 40] : [40, 160, 40], pixel * 3);
    return sharp(data, { raw: { width: 80, height: 60, channels: 3 } })
      .png()
      .toBuffer();
  })();
  const edit = async (prompt: string, change: Partial<EditRequest> = {}) =>
    editor.edit({ prompt, operations: null, picture: await flag, mask: null, model: null, timeoutMs: 60_000, ...change });
  const pixels = async (prompt: string, change: Partial<EditRequest> = {}) => {
    const outcome = await edit(prompt, change);
    if (outcome.outcome !== 'edited') throw new Error(`${outcome.outcome}: ${outcome.finish.code}`);
    const { data, info } = await sharp(outcome.images[0].bytes).raw().toBuffer({ resolveWithObject: true });
    return {
      width: info.width,
      height: info.height,
      channels: info.channels,
      at: (x: number, y: number) => [...data.subarray((y * info.width + x) * info.channels, (y * info.width + x + 1) * info.channels)],
    };
  };

  it.each([
    ['rotate 90 degrees clockwise', 60, 80],
    ['rotate 180 degrees', 80, 60],
    ['flip horizontally', 80, 60],
    ['crop to a square', 60, 60],
    ['crop to 4:1', 80, 20],
    ['crop to the left half', 40, 60],
    ['cut 10% off each side', 64, 48],
    ['crop to 10, 20, 30, 25', 30, 25],
    ['resize to 50%', 40, 30],
    ['resize to 40x40', 40, 30],
    ['stretch to 40x40', 40, 40],
    ['resize to 160 px wide', 160, 120],
    ['rotate 45 degrees', 99, 99],
    ['crop to a square, then rotate left and resize to 30 px wide', 30, 30],
  ])('%s gives %d x %d', async (prompt, width, height) => expect(await pixels(prompt)).toMatchObject({ width, height }));

  it('turns, flips and crops the right way round', async () => {
    const [red, green, blue] = [
      [200, 40, 40],
      [40, 160, 40],
      [0, 0, 255],
    ];
    expect((await pixels('rotate 90 degrees clockwise')).at(59, 40)).toEqual(blue);
    expect((await pixels('rotate 90 degrees counterclockwise')).at(0, 40)).toEqual(blue);
    expect((await pixels('flip horizontally')).at(5, 30)).toEqual(green);
    expect((await pixels('flip vertically')).at(5, 59)).toEqual(blue);
    expect((await pixels('crop to the right half')).at(5, 30)).toEqual(green);
    expect((await pixels('cut 50% off the top')).at(5, 0)).toEqual(red);
  });

  it('does several operations in the order of the words', async () => {
    const outcome = await edit('make it black and white, crop to a square and add the text "hi" in the centre');
    expect(outcome).toMatchObject({
      outcome: 'edited',
      actions: [
        { action: 'c2pa.adjustedColor', digitalSourceType: 'algorithmicallyEnhanced', kind: 'colour' },
        { action: 'c2pa.cropped', digitalSourceType: 'humanEdits', kind: 'crop' },
        { action: 'c2pa.edited', digitalSourceType: 'humanEdits', kind: 'text' },
      ],
    });
  });

  it('keeps to the named part, and to the mask inside it', async () => {
    const part = await pixels('darken the left half by 50%');
    expect([part.at(5, 30), part.at(60, 30)]).toEqual([
      [100, 20, 20],
      [40, 160, 40],
    ]);
    const both = await pixels('darken the left half by 50%', { mask: BOX });
    expect([both.at(5, 30), both.at(30, 30), both.at(50, 30)]).toEqual([
      [200, 40, 40],
      [100, 20, 20],
      [40, 160, 40],
    ]);
  });

  it('erases from the surroundings, with transparency and without', async () => {
    const white = { create: { width: 10, height: 10, channels: 3 as const, background: 'white' } };
    const spotted = await sharp(await flag)
      .composite([{ input: white, left: 15, top: 25 }])
      .png()
      .toBuffer();
    const mask: PictureMask = { kind: 'box', left: 150, top: 350, width: 200, height: 300 };
    // the fill is a weighted mean, which may round up
    const red = (alpha: number): unknown[] => [200, 40, 40, alpha].map((value) => expect.closeTo(value, -0.5) as unknown);
    expect((await pixels('erase the spot', { picture: spotted, mask })).at(20, 30)).toEqual(red(255));
    const clear = await sharp(spotted).removeAlpha().ensureAlpha(0.5).png().toBuffer();
    expect((await pixels('erase the spot', { picture: clear, mask })).at(20, 30)).toEqual(red(128));
  });

  it('recolours what a point touches, and flattens what is transparent', async () => {
    const mask: PictureMask = { kind: 'point', x: 250, y: 500, tolerance: 10 };
    const blue = await pixels('make it blue', { mask });
    expect(blue.at(20, 30)[2]).toBeGreaterThan(120);
    expect(blue.at(60, 30)).toEqual([40, 160, 40]);
    const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
      .png()
      .toBuffer();
    expect((await pixels('flatten onto #ff8800', { picture: clear })).at(4, 4)).toEqual([255, 136, 0]);
  });

  it('writes where it was told, in the colour it was told, and never beyond the mask', async () => {
    const picture = await sharp({ create: { width: 400, height: 300, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    const bottom = await pixels('add the text "<b>A&B</b>" in the bottom right corner in red, large', { picture });
    const inked = (image: typeof bottom, x: number, y: number): boolean => (image.at(x, y)[1] ?? 255) < 128;
    const rows = (image: typeof bottom): number[] =>
      Array.from({ length: 300 }, (_, y) => y).filter((y) => Array.from({ length: 400 }, (_, x) => x).some((x) => inked(image, x, y)));
    expect(Math.min(...rows(bottom))).toBeGreaterThan(230);
    expect(bottom.at(380, 10)).toEqual([255, 255, 255]);
    const masked = await pixels('write "A&B" at the top, huge', { picture, mask: BOX });
    expect([Math.min(...rows(masked)) >= 75, Math.max(...rows(masked)) < 225]).toEqual([true, true]);
  });

  it('applies the orientation of a photograph before anything else', async () => {
    const turned = await sharp(await flag)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    expect(await pixels('darken the top half by 50%', { picture: turned })).toMatchObject({ width: 60, height: 80 });
  });

  it('does exactly the operations that the gates saw, whatever the prompt says', async () => {
    const { operations } = parseIntent('crop to a square');
    expect(await pixels('erase everything', { operations })).toMatchObject({ width: 60, height: 60 });
  });

  const refused: [string, Partial<EditRequest>, string][] = [
    ['operations that are none', { operations: [{ operation: 'explode' }] as unknown as readonly Operation[] }, 'OPERATIONS_INVALID'],
    ['no operation', { operations: [] }, 'NOTHING_TO_DO'],
    ['an erasure without a mask', { operations: [{ operation: 'erase', target: 'x', area: null }] }, 'MASK_MISSING'],
    ['a rotation beside a mask', { operations: [{ operation: 'rotate', centidegrees: 9000 }], mask: BOX }, 'MASK_IN_THE_WAY'],
    ['a crop beyond the edges', { prompt: 'crop to 500x500' }, 'CROP_OUTSIDE'],
    ['more pixels than allowed', { prompt: 'stretch to 16000x16000' }, 'RESIZE_TOO_LARGE'],
    [
      'an erasure of nearly everything',
      { prompt: 'erase this', mask: { kind: 'box', left: 0, top: 0, width: 1000, height: 900 } },
      'ERASE_TOO_LARGE',
    ],
  ];
  it.each(refused)('refuses %s', async (_name, change, code) => {
    expect(await edit(change.prompt ?? 'x', change)).toMatchObject({ outcome: 'refused', finish: { code } });
  });

  it('asks where a named thing is, and says what it can do instead of what it cannot', async () => {
    expect(await edit('remove the lamp')).toMatchObject({ outcome: 'needs-clarification', question: { code: 'WHERE', needs: 'mask' } });
    expect(await edit('replace the lamp with a cat')).toMatchObject({ outcome: 'refused', instead: [expect.any(String)] });
  });
});
