import type { PictureMask } from '@imprimatur/platform/images';
import { assert } from '@imprimatur/kernel';
import type { ItemDossier } from './item.dossier.js';

/** The item's mask in the words of those who work with pixels; null: the whole picture may change. */
export function maskOf({ mask }: Pick<ItemDossier, 'mask'>): PictureMask | null {
  if (mask === null) return null;
  const { shape } = mask.mask;
  if (shape.kind !== 'png') return shape;
  assert(mask.bytes, 'a drawn mask was read with its item');
  return { kind: 'png', bytes: mask.bytes };
}
