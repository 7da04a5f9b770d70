import type { NewEvent } from '@imprimatur/domain/ledger';
import type { KnownPictureId } from '@imprimatur/kernel';
import type { KnownPicture, ListedAs, NewlyKnown } from './known-picture.types.js';

/** Why is the tenant's own knowledge, as with a hold. */
const why = (reason: string): NewEvent['parts'] => ({ reason: { value: reason.trim(), subjects: [] } });

export function pictureListed(id: KnownPictureId, { asset, id: version }: NewlyKnown, knownAs: ListedAs, reason: string): NewEvent {
  return {
    type: 'known-picture.listed',
    about: [
      { kind: 'known-picture', id },
      { kind: 'asset', id: asset },
      { kind: 'version', id: version },
    ],
    facts: { knownAs },
    parts: why(reason),
  };
}

export function pictureLifted({ id, asset, version, knownAs }: KnownPicture, reason: string): NewEvent {
  return {
    type: 'known-picture.lifted',
    about: [
      { kind: 'known-picture', id },
      { kind: 'asset', id: asset },
      { kind: 'version', id: version },
    ],
    facts: { knownAs },
    parts: why(reason),
  };
}
