import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type PictureListed = Refusal<'PICTURE_LISTED'>;
export type PictureNotListed = Refusal<'PICTURE_NOT_LISTED'>;
export type ListingInvalid = Refusal<'LISTING_INVALID'>;
export type BankRefusal = NotFound | Forbidden | PictureListed | PictureNotListed | ListingInvalid;

export function pictureAlreadyListed(): PictureListed {
  return {
    code: 'PICTURE_LISTED',
    message: 'The picture is listed as that already.',
    remedy: 'Lift the listing first if it should say something else.',
  };
}

export function pictureNotListed(why: string): PictureNotListed {
  return {
    code: 'PICTURE_NOT_LISTED',
    message: `There is nothing to lift: ${why}.`,
    remedy: 'Read the listing again: it says what counts.',
  };
}

export function listingInvalid(what: string, wanted: string): ListingInvalid {
  return { code: 'LISTING_INVALID', message: `The ${what} of the listing is not usable.`, remedy: `Give ${wanted}.` };
}
