import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type DisclosureRefusal =
  | NotFound
  | Forbidden
  | Refusal<'PART_ERASED'>
  | Refusal<'PART_UNKNOWN'>
  | Refusal<'PARTS_INVALID'>
  | Refusal<'REASON_INVALID'>
  | Refusal<'ENTRY_NOT_SIGNED_YET'>;

export type AccessRefusal = NotFound | Forbidden | Refusal<'EXPIRY_INVALID'> | Refusal<'NOTE_INVALID'>;

export function partErased(part: string): Refusal<'PART_ERASED'> {
  return {
    code: 'PART_ERASED',
    message: `The part ${part} of this entry was erased: nobody can open it any more.`,
    remedy: 'Leave it out; the entry and its proof stay valid without it.',
  };
}

export function partUnknown(part: string): Refusal<'PART_UNKNOWN'> {
  return {
    code: 'PART_UNKNOWN',
    message: `This entry has no part ${part}.`,
    remedy: 'The names of its parts stand in the entry itself, under parts.',
  };
}

export function partsInvalid(max: number): Refusal<'PARTS_INVALID'> {
  return { code: 'PARTS_INVALID', message: 'No part is named, or too many.', remedy: `Name 1 to ${max} parts of the entry.` };
}

export function reasonInvalid(max: number): Refusal<'REASON_INVALID'> {
  return {
    code: 'REASON_INVALID',
    message: 'The reason is empty or too long.',
    remedy: `Say in 1 to ${max} characters why it is disclosed, and to whom.`,
  };
}

export function entryNotSignedYet(): Refusal<'ENTRY_NOT_SIGNED_YET'> {
  return {
    code: 'ENTRY_NOT_SIGNED_YET',
    message: 'No signed checkpoint covers this entry yet, so nothing could be proven of it.',
    remedy: 'Ask again, with a fresh idempotency key, in a few seconds.',
  };
}

export function accessExpiryInvalid(daysMax: number): Refusal<'EXPIRY_INVALID'> {
  return {
    code: 'EXPIRY_INVALID',
    message: 'The access would end in the past, too late, or at two times at once.',
    remedy: `Give either hours or expiresAt, at most ${daysMax} days from now.`,
  };
}

export function accessNoteInvalid(max: number): Refusal<'NOTE_INVALID'> {
  return { code: 'NOTE_INVALID', message: 'The note is too long.', remedy: `Use at most ${max} characters.` };
}
