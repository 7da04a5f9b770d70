import type { PictureCopy } from '@imprimatur/domain/assets';
import type { BindingCopy } from '@imprimatur/domain/consent';
import type { TurnCopy } from '@imprimatur/domain/editing';
import type { PersonCopy } from '@imprimatur/domain/identity';
import type { PayloadCopy } from '@imprimatur/domain/ledger';
import type { BlobId, VersionId } from '@imprimatur/kernel';
import type { PictureSurroundings } from './picture.surroundings.js';

/** Everything that is kept of a person, as the nouns answered. */
export interface PersonalCopies {
  readonly person: PersonCopy;
  /** Not erased yet. */
  readonly pictures: readonly PictureCopy[];
  readonly around: PictureSurroundings;
  readonly bindings: readonly BindingCopy[];
  readonly notices: readonly { readonly consent: string; readonly createdAt: Date }[];
  /** Files that show what was agreed to, as `consent/number`. */
  readonly evidence: readonly { readonly file: string; readonly addedAt: Date }[];
  readonly turns: readonly TurnCopy[];
  readonly payloads: readonly PayloadCopy[];
  readonly blobs: readonly BlobId[];
  readonly lookalikes: readonly VersionId[];
  readonly requests: readonly string[];
}
