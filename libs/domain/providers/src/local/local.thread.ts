import { ok, refuse } from '@imprimatur/kernel';
import { decodeRaster, encodeAs, openRaster, type Raster, rasteriseMask } from '@imprimatur/platform/images';
import { pictureUnreadable } from './local.refusals.js';
import { render } from './local.render.js';
import type { LocalResult, LocalTask } from './local.task.js';

/** Thread: decode, do the operations, encode. PNG, so that what is approved is what was computed, and many turns do not add up to a loss. */
export default async function run({ picture, mask, operations, limits }: LocalTask): Promise<LocalResult> {
  const raster = await decoded(picture, limits);
  if (raster === null) return refuse(pictureUnreadable());
  const shares = mask === null ? ok(null) : await rasteriseMask(mask, raster, limits);
  if (!shares.ok) return shares;
  const rendered = await render({ raster, shares: shares.value }, operations, limits.pixelsMax);
  if (!rendered.ok) return rendered;
  const bytes = await encodeAs(openRaster(rendered.value), 'png').toBuffer();
  return ok({ bytes, format: 'png', width: rendered.value.width, height: rendered.value.height });
}

async function decoded(picture: Uint8Array, limits: LocalTask['limits']): Promise<Raster | null> {
  try {
    return await decodeRaster(picture, limits);
  } catch {
    // whatever the decoder says of foreign bytes: they do not decode
    return null;
  }
}
