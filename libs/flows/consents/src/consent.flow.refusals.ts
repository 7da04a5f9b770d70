import type { AssetRefusal } from '@imprimatur/domain/assets';
import type { ConsentRefusal } from '@imprimatur/domain/consent';
import type { Refusal } from '@imprimatur/kernel';

export type ScreeningPending = Refusal<'SCREENING_PENDING'>;
export type FaceUnknown = Refusal<'FACE_UNKNOWN'>;
export type ConsentFlowRefusal = ConsentRefusal | AssetRefusal | ScreeningPending | FaceUnknown;

export function screeningPending(): ScreeningPending {
  return {
    code: 'SCREENING_PENDING',
    message: 'The faces of this picture are not known: it was not screened yet, or its screening failed.',
    remedy: 'Wait until the picture is screened, and ask again with a new idempotency key.',
  };
}

/** `count`: how many faces the screening found. */
export function faceUnknown(count: number): FaceUnknown {
  return {
    code: 'FACE_UNKNOWN',
    message: `No such face: ${count} were found in this picture.`,
    remedy:
      count === 0
        ? 'Have the picture reviewed: nobody was found in it.'
        : `Give a number from 0 to ${count - 1}, counted from left to right.`,
  };
}
