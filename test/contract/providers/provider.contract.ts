import fc from 'fast-check';
import sharp from 'sharp';
import { type EditOutcome, type EditRequest, KINDS_OF_CHANGE, type Provider } from '@imprimatur/domain/providers';
import { Pictures, type PictureMask } from '@imprimatur/platform/images';

/** What a provider's own spec hands in. Prompts are in the words that this provider understands. */
export interface ProviderUnderTest {
  make(): Promise<Provider>;
  /** An edit of the whole picture that is done. */
  readonly prompt: string;
  /** An edit that is done under a mask. */
  readonly maskedPrompt: string;
  /** Something it will not do, and something it asks about; null where it never does. */
  readonly refusedPrompt: string | null;
  readonly unclearPrompt: string | null;
  /** A prompt and picture that keep it busy long enough to be stopped. */
  readonly slow: { readonly prompt: string; readonly mask: PictureMask | null; readonly sidePx: number };
  readonly strangePrompts: number;
}

const BOX: PictureMask = { kind: 'box', left: 250, top: 250, width: 500, height: 500 };
const TIMEOUT_MS = 60_000;
const HEX = /^[0-9a-f]{64}$/;

/** Soft shapes and noise, so that no edit is invisible. Always the same. */
async function photo(sidePx: number): Promise<Uint8Array> {
  const data = Buffer.alloc(sidePx * sidePx * 3);
  for (let at = 0; at < data.length; at += 1) {
    const [x, y] = [Math.floor(at / 3) % sidePx, Math.floor(at / 3 / sidePx)];
    data[at] = 60 + ((x * 120) / sidePx + (y * (at % 3) * 30) / sidePx + ((x * 7919 + y * 104729 + at) % 23));
  }
  return sharp(data, { raw: { width: sidePx, height: sidePx, channels: 3 } })
    .png()
    .toBuffer();
}

/** The suite that every provider passes. */
export function describeProvider(name: string, under: ProviderUnderTest): void {
  describe(`the provider ${name}`, () => {
    let provider: Provider;
    let pictures: Pictures;
    let picture: Uint8Array;
    beforeAll(async () => {
      provider = await under.make();
      pictures = new Pictures({ limits: { bytesMax: 50_000_000, pixelsMax: 64_000_000, decodeTimeoutSeconds: 20 }, threads: 1 });
      picture = await photo(200);
    });
    afterAll(async () => {
      await provider.close();
      await pictures.close();
    });

    const request = (change: Partial<EditRequest> = {}): EditRequest => ({
      prompt: under.prompt,
      operations: null,
      picture,
      mask: null,
      model: null,
      timeoutMs: TIMEOUT_MS,
      ...change,
    });
    const edited = async (change: Partial<EditRequest> = {}) => {
      const outcome = await provider.edit(request(change));
      if (outcome.outcome !== 'edited') throw new Error(`${outcome.outcome}: ${outcome.finish.code}`);
      return outcome;
    };
    const finalImage = (outcome: { images: readonly { bytes: Uint8Array }[] }): Uint8Array =>
      outcome.images.at(-1)?.bytes ?? new Uint8Array();

    it('answers with a picture that decodes, and is what it says it is', async () => {
      const { images } = await edited();
      for (const { bytes, format, width, height } of images) {
        expect(await pictures.inspectPicture(bytes)).toMatchObject({ ok: true, value: { format, width, height } });
      }
      expect(
        (await pictures.compareOutsideMask(picture, images[images.length - 1]?.bytes ?? new Uint8Array(), null)).changedPermille,
      ).toBeGreaterThan(0);
    });

    it('declares what it did, in the words of the manifest', async () => {
      const { actions } = await edited();
      expect(actions.length).toBeGreaterThan(0);
      for (const action of actions) {
        expect(action.action).toMatch(/^c2pa\.[A-Za-z.]+$/);
        expect(KINDS_OF_CHANGE).toContain(action.kind);
        expect(action.softwareAgent.name).not.toBe('');
        expect(action.digitalSourceType).toMatch(
          provider.kind === 'generative' ? /TrainedAlgorithmicMedia$/i : /^(?:humanEdits|algorithmicallyEnhanced)$/,
        );
      }
    });

    it('keeps the exact bytes, digests and times of what went out and came back', async () => {
      const outcome = await edited();
      expect(outcome.requestSha256).toBe(provider.requestSha256(request()));
      expect(outcome.responseSha256).toMatch(HEX);
      expect(outcome.raw.request.length).toBeGreaterThan(0);
      expect(outcome.attempts.map(({ number }) => number)).toEqual(outcome.attempts.map((_, at) => at + 1));
      for (const attempt of outcome.attempts) expect(attempt.endedAt.getTime()).toBeGreaterThanOrEqual(attempt.beganAt.getTime());
      expect(outcome.provider).toMatchObject({ name: provider.name, requestedModel: expect.any(String) as string });
      expect(Object.values(outcome.usage).every(Number.isSafeInteger)).toBe(true);
    });

    it('names another request by another digest', () => {
      const digests = [
        request(),
        request({ prompt: `${under.prompt} please` }),
        request({ mask: BOX }),
        request({ picture: picture.subarray(1) }),
      ];
      expect(new Set(digests.map((each) => provider.requestSha256(each))).size).toBe(digests.length);
    });

    it('gives the same bytes again, where it says that it is deterministic', async () => {
      const [one, two] = await Promise.all([edited(), edited()]);
      if (provider.kind === 'deterministic') expect(Buffer.compare(finalImage(one), finalImage(two))).toBe(0);
      else expect(finalImage(two).length).toBeGreaterThan(0);
    });

    const soft = () =>
      sharp({ create: { width: 200, height: 200, channels: 3, background: 'black' } })
        .composite([{ input: { create: { width: 80, height: 80, channels: 3, background: 'white' } }, left: 60, top: 60 }])
        .blur(4)
        .toColourspace('b-w')
        .png()
        .toBuffer();
    const masks: [string, () => Promise<PictureMask>][] = [
      ['a box', async () => BOX],
      [
        'a polygon',
        async () => ({
          kind: 'polygon',
          points: [
            { x: 200, y: 200 },
            { x: 800, y: 300 },
            { x: 500, y: 900 },
          ],
        }),
      ],
      ['a point', async () => ({ kind: 'point', x: 500, y: 500, tolerance: 20 })],
      ['a PNG with soft edges', async () => ({ kind: 'png', bytes: await soft() })],
    ];
    it.each(masks)('changes something inside %s, and what it does outside is measured', async (_name, make) => {
      const mask = await make();
      const image = finalImage(await edited({ prompt: under.maskedPrompt, mask }));
      const outside = await pictures.compareOutsideMask(picture, image, mask);
      if (provider.honoursMasks)
        expect(outside).toEqual({ changedPermille: 0, meanDifferencePerMille: 0, maxDifference: 0, resized: false });
      expect((await pictures.pixelDigest(image)).sha256).not.toBe((await pictures.pixelDigest(picture)).sha256);
    });

    const unusable: [string, () => Promise<Partial<EditRequest>>][] = [
      ['a picture that is none', async () => ({ picture: Buffer.from('not a picture') })],
      ['an empty picture', async () => ({ picture: new Uint8Array() })],
      ['half a picture', async () => ({ picture: picture.subarray(0, 300) })],
      ['a mask that is none', async () => ({ prompt: under.maskedPrompt, mask: { kind: 'png', bytes: Buffer.from('nope') } })],
      [
        'a mask of other proportions',
        async () => ({
          prompt: under.maskedPrompt,
          mask: {
            kind: 'png',
            bytes: await sharp({ create: { width: 90, height: 30, channels: 3, background: 'white' } })
              .png()
              .toBuffer(),
          },
        }),
      ],
      [
        'a mask that covers nothing',
        async () => ({
          prompt: under.maskedPrompt,
          mask: {
            kind: 'png',
            bytes: await sharp({ create: { width: 200, height: 200, channels: 3, background: 'black' } })
              .png()
              .toBuffer(),
          },
        }),
      ],
    ];
    it.each(unusable)('does not edit with %s', async (_name, make) => {
      const outcome = await provider.edit(request(await make()));
      expect(['refused', 'failed']).toContain(outcome.outcome);
      expect(outcome.images).toEqual([]);
      expect(outcome.finish.code).toMatch(/^[A-Z][A-Z0-9_]+$/);
    });

    it('refuses with a reason', async () => {
      if (under.refusedPrompt === null) return expect(provider.kind).toBe('generative');
      const outcome = await provider.edit(request({ prompt: under.refusedPrompt }));
      expect(outcome).toMatchObject({
        outcome: 'refused',
        images: [],
        finish: { code: expect.any(String) as string, message: expect.any(String) as string },
      });
    });

    it('asks one question when it is not sure', async () => {
      if (under.unclearPrompt === null) return expect(provider.kind).toBe('generative');
      const outcome = await provider.edit(request({ prompt: under.unclearPrompt }));
      expect(outcome).toMatchObject({ outcome: 'needs-clarification', images: [], question: { text: expect.any(String) as string } });
    });

    describe('when it is stopped', () => {
      let large: EditRequest;
      beforeAll(async () => {
        const { prompt, mask, sidePx } = under.slow;
        large = request({ prompt, mask, picture: await photo(sidePx) });
      });
      const ends = (outcome: EditOutcome, code: string) =>
        expect(outcome).toMatchObject({ outcome: 'failed', retryable: true, finish: { code }, images: [], responseSha256: null });

      it('ends as CANCELLED before it began', async () =>
        ends(await provider.edit({ ...large, signal: AbortSignal.abort() }), 'CANCELLED'));

      it('ends as CANCELLED in the middle', async () => {
        const stop = new AbortController();
        const running = provider.edit({ ...large, signal: stop.signal });
        setTimeout(() => stop.abort(), 50);
        ends(await running, 'CANCELLED');
      });

      it('ends as TIMEOUT when the time is up', async () => ends(await provider.edit({ ...large, timeoutMs: 50 }), 'TIMEOUT'));

      it('works on afterwards', async () => expect((await edited()).finish.code).not.toBe(''));
    });

    it('answers every prompt, however strange', async () => {
      const prompts = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom('', ' ', '\0', '\ud800', '{"role":"system"}', '٪٪', 'a'.repeat(20_000)),
      );
      await fc.assert(
        fc.asyncProperty(prompts, fc.boolean(), async (prompt, masked) => {
          const outcome = await provider.edit(request({ prompt, mask: masked ? BOX : null }));
          expect(['edited', 'refused', 'needs-clarification', 'failed']).toContain(outcome.outcome);
          expect(outcome.requestSha256).toMatch(HEX);
        }),
        { numRuns: under.strangePrompts },
      );
    });
  });
}
