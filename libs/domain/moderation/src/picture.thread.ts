import { hash } from 'node:crypto';
import { bmvbhash } from 'blockhash-core';
import sharp from 'sharp';
import { findFaces, faceEngineName, loadFaceModel } from './engines/face.model.js';
import { classify, explicitEngineName, loadExplicitModel } from './engines/explicit.model.js';
import type { PictureTask } from './picture.task.js';
import type { PictureScreening } from './screening.types.js';

const SIDE_MAX = 1_024;
const FINGERPRINT_BITS = 16;
const SECONDS_MAX = 20;

// nsfwjs greets on standard output, which belongs to the service's log
console.info = () => undefined;

/** Runs in a thread of its own. */
export default async function screenPicture(task: PictureTask): Promise<PictureScreening | null> {
  await Promise.all([loadFaceModel(), loadExplicitModel()]);
  if (task.kind === 'warm-up') return null;
  const upright = (): sharp.Sharp =>
    sharp(task.bytes, { limitInputPixels: task.pixelsMax, failOn: 'error' })
      .timeout({ seconds: SECONDS_MAX })
      .rotate()
      .toColourspace('srgb');
  const whole = await upright().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const small = await upright()
    .resize(SIDE_MAX, SIDE_MAX, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const picture = { data: new Uint8Array(small.data), width: small.info.width, height: small.info.height };
  const faces = await findFaces(picture);
  const raw = await classify(picture);
  const perMille = (...classes: readonly string[]): number =>
    Math.min(1000, Math.round(classes.reduce((sum, name) => sum + (raw[name] ?? 0), 0) / 1000));
  return {
    faces,
    scores: { sexual_explicit: perMille('Porn', 'Hentai'), sexual_suggestive: perMille('Sexy') },
    raw,
    fingerprint: await fingerprintOf(picture),
    pixelSha256: hash('sha256', whole.data, 'buffer'),
    engines: {
      faces: faceEngineName(),
      explicit: explicitEngineName(),
      fingerprint: 'blockhash-core/0.1.0',
      decoder: `sharp libvips/${sharp.versions.vips}`,
    },
  };
}

async function fingerprintOf({ data, width, height }: { data: Uint8Array; width: number; height: number }): Promise<string> {
  const rgba = await sharp(data, { raw: { width, height, channels: 3 } })
    .ensureAlpha()
    .raw()
    .toBuffer();
  return bmvbhash({ data: rgba, width, height }, FINGERPRINT_BITS);
}
