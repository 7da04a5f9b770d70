import type { Refusal } from '@imprimatur/kernel';

export type MaskRefusal = Refusal<'MASK_UNREADABLE' | 'MASK_SIZE_MISMATCH' | 'MASK_EMPTY'>;

export function maskUnreadable(): MaskRefusal {
  return {
    code: 'MASK_UNREADABLE',
    message: 'The mask is not a PNG that decodes to the end.',
    remedy: 'Send a PNG: white or opaque where the picture may change.',
  };
}

export function maskSizeMismatch(mask: { width: number; height: number }, picture: { width: number; height: number }): MaskRefusal {
  return {
    code: 'MASK_SIZE_MISMATCH',
    message: `The mask has ${mask.width} x ${mask.height} pixels, the picture ${picture.width} x ${picture.height}.`,
    remedy: 'Draw the mask on this picture, orientation applied, or scale it in proportion.',
  };
}

export function maskEmpty(): MaskRefusal {
  return {
    code: 'MASK_EMPTY',
    message: 'The mask covers no pixel, so nothing may change.',
    remedy: 'Mark the part of the picture that may change.',
  };
}
