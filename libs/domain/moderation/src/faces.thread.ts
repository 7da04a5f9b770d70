import { hash } from 'node:crypto';
import { bmvbhash } from 'blockhash-core';
import sharp from 'sharp';
import { faceEngineName, findFaces, loadFaceModel, type PictureTensor } from './engines/face.model.js';
import { decode, DECODER } from './engines/picture.decode.js';
import type { FacesSeen, PictureTask } from './picture.task.js';

const FINGERPRINT_BITS = 16;

/** Runs in a thread of its own: faces, fingerprint and pixel digest. */
export default async function findFacesIn(task: PictureTask): Promise<FacesSeen | null> {
  await loadFaceModel();
  if (task.kind === 'warm-up') return null;
  const { whole, small } = await decode(task.bytes, task.pixelsMax);
  return {
    faces: await findFaces(small),
    fingerprint: await fingerprintOf(small),
    pixelSha256: hash('sha256', whole.data, 'buffer'),
    engines: { faces: faceEngineName(), fingerprint: 'blockhash-core/0.1.0', decoder: DECODER },
  };
}

async function fingerprintOf({ data, width, height }: PictureTensor): Promise<string> {
  const rgba = await sharp(data, { raw: { width, height, channels: 3 } })
    .ensureAlpha()
    .raw()
    .toBuffer();
  return bmvbhash({ data: rgba, width, height }, FINGERPRINT_BITS);
}
