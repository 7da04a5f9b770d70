import type { Result } from '@imprimatur/kernel';
import type { PictureFormat, PictureLimits, PictureMask } from '@imprimatur/platform/images';
import type { Operation } from '../operation.types.js';
import type { LocalRefusal } from './local.refusals.js';

/** What crosses to a rendering thread. */
export interface LocalTask {
  readonly picture: Uint8Array;
  readonly mask: PictureMask | null;
  readonly operations: readonly Operation[];
  readonly limits: PictureLimits;
}

export type LocalResult = Result<
  { readonly bytes: Uint8Array; readonly format: PictureFormat; readonly width: number; readonly height: number },
  LocalRefusal
>;
