/** What the thread of the engines is asked. */
export type PictureTask =
  { readonly kind: 'warm-up' } | { readonly kind: 'screen'; readonly bytes: Uint8Array; readonly pixelsMax: number };
