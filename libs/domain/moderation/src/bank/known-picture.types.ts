import type { KnownAs } from '@imprimatur/formats/policy';
import type { AssetId, EntryId, KnownPictureId, SubjectId, VersionId } from '@imprimatur/kernel';

/** What people may list a picture as; everything else is what happened to it. */
export const LISTED_AS = ['prohibited', 'restricted'] as const;
export type ListedAs = (typeof LISTED_AS)[number];

/** A picture with a past. What it is recognised by is its screening's, and goes with it. */
export interface KnownPicture {
  readonly id: KnownPictureId;
  readonly asset: AssetId;
  readonly version: VersionId;
  readonly knownAs: KnownAs;
  /** The entry with the reason, of what people listed; null: it came here by what happened to it. */
  readonly entry: EntryId | null;
  readonly since: Date;
  readonly listedBy: SubjectId | null;
  /** Null: it counts. */
  readonly lifted: { readonly by: SubjectId | null; readonly at: Date; readonly entry: EntryId | null } | null;
}

/** A picture that joins the bank. */
export interface NewlyKnown {
  /** The version's. */
  readonly id: VersionId;
  readonly asset: AssetId;
  /** What it was made from; null for an upload. */
  readonly parent: VersionId | null;
}

/** What a picture is recognised by. Null: not known, and not compared. */
export interface Recognisable {
  readonly asset: AssetId;
  /** 32 bytes. */
  readonly pixelSha256: Uint8Array | null;
  /** 64 hexadecimal digits. */
  readonly fingerprint: string | null;
}

/** A meeting of a picture with the past of another. */
export interface Meeting {
  readonly known: KnownPictureId;
  readonly knownAs: KnownAs;
  readonly version: VersionId;
  /** pixels: the same, however it is encoded; fingerprint: alike. */
  readonly by: 'pixels' | 'fingerprint';
}

export interface BankPage {
  readonly knownAs: KnownAs | null;
  readonly first: number;
  /** Key of the last row of the page before; null: from the start. */
  readonly after: string | null;
}
