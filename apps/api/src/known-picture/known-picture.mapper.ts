import type { KnownPicture } from '@imprimatur/domain/moderation';
import { type EntryId, toPublicId } from '@imprimatur/kernel';

export interface KnownPictureParent {
  readonly __typename: 'KnownPicture';
  readonly entryId: EntryId | null;
  readonly [field: string]: unknown;
}

export function toKnownPicture({ id, asset, version, knownAs, entry, since, listedBy, lifted }: KnownPicture): KnownPictureParent {
  return {
    __typename: 'KnownPicture',
    entryId: entry,
    id: toPublicId('known-picture', id),
    asset: toPublicId('asset', asset),
    version: toPublicId('version', version),
    knownAs: knownAs.toUpperCase(),
    since,
    listedBy: listedBy && toPublicId('subject', listedBy),
    liftedBy: lifted?.by ? toPublicId('subject', lifted.by) : null,
    liftedAt: lifted?.at ?? null,
  };
}
