import type { Refusal } from '@imprimatur/kernel';
import type { MaskRefusal } from '@imprimatur/platform/images';

/** What shows only when the pixels are at hand. */
export type LocalRefusal =
  | MaskRefusal
  | Refusal<
      | 'MASK_MISSING'
      | 'MASK_IN_THE_WAY'
      | 'ERASE_TOO_LARGE'
      | 'CROP_OUTSIDE'
      | 'RESIZE_TOO_LARGE'
      | 'PICTURE_UNREADABLE'
      | 'OPERATIONS_INVALID'
      | 'NOTHING_TO_DO'
    >;

export const maskMissing = (doing: string): LocalRefusal => ({
  code: 'MASK_MISSING',
  message: `To ${doing} something I must know where it is.`,
  remedy: 'Mark it with a mask, a box, a polygon or a point.',
});

export const maskInTheWay = (): LocalRefusal => ({
  code: 'MASK_IN_THE_WAY',
  message: 'The mask says that only a part may change, and this changes all of the picture.',
  remedy: 'Submit it without the mask.',
});

export const eraseTooLarge = (percent: number): LocalRefusal => ({
  code: 'ERASE_TOO_LARGE',
  message: `The mask covers ${percent} % of the picture: too little is left to fill it from.`,
  remedy: 'Mark at most half of the picture, or crop.',
});

export const cropOutside = (width: number, height: number): LocalRefusal => ({
  code: 'CROP_OUTSIDE',
  message: `That reaches beyond the picture, which has ${width} x ${height} pixels.`,
  remedy: 'Ask for a piece that lies inside.',
});

export const resizeTooLarge = (width: number, height: number, pixelsMax: number): LocalRefusal => ({
  code: 'RESIZE_TOO_LARGE',
  message: `That would be ${width} x ${height} pixels; at most ${pixelsMax} are made.`,
  remedy: 'Ask for a smaller size.',
});

export const pictureUnreadable = (): LocalRefusal => ({
  code: 'PICTURE_UNREADABLE',
  message: 'The picture does not decode.',
  remedy: 'Upload it again; only what inspection accepted can be edited.',
});

export const operationsInvalid = (): LocalRefusal => ({
  code: 'OPERATIONS_INVALID',
  message: 'The list of operations is not one that this editor can do.',
  remedy: 'Parse the prompt again.',
});

export const nothingToDo = (): LocalRefusal => ({
  code: 'NOTHING_TO_DO',
  message: 'The list of operations is empty.',
  remedy: 'Ask for an edit.',
});
