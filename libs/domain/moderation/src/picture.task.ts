import type { PictureScreening } from './screening.types.js';

/** What the threads of the engines are asked. */
export type PictureTask =
  { readonly kind: 'warm-up' } | { readonly kind: 'screen'; readonly bytes: Uint8Array; readonly pixelsMax: number };

/** What the thread of the faces answers. */
export type FacesSeen = Pick<PictureScreening, 'faces' | 'fingerprint' | 'pixelSha256' | 'engines'>;

/** What the thread that reads text answers. */
export type TextSeen = Required<Pick<PictureScreening, 'text' | 'words' | 'engines'>>;

/** What the thread of the classifier answers. */
export type ContentSeen = Pick<PictureScreening, 'scores' | 'raw' | 'engines'>;
