import type { DerivativeRecipe, PictureLimits, PictureMask, RootRegion } from './picture.types.js';

/** What crosses to a thread. */
export type PictureTask = { readonly limits: PictureLimits } & (
  | { readonly kind: 'inspect'; readonly bytes: Uint8Array }
  | { readonly kind: 'thumbnail'; readonly bytes: Uint8Array; readonly sidePx: number }
  | { readonly kind: 'derivative'; readonly bytes: Uint8Array; readonly recipe: DerivativeRecipe }
  | { readonly kind: 'digest'; readonly bytes: Uint8Array }
  | { readonly kind: 'compare'; readonly before: Uint8Array; readonly after: Uint8Array; readonly mask: PictureMask | null }
  | { readonly kind: 'compare-with-root'; readonly root: Uint8Array; readonly bytes: Uint8Array; readonly regions: readonly RootRegion[] }
);
