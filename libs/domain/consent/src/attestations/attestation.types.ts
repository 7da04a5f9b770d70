import type { AssetId, AttestationId, EntryId, SubjectId, VersionId } from '@imprimatur/kernel';
import type { FaceBox } from '../consent.types.js';

/** Why a face needs no consent: nobody could be known by it; a release was signed elsewhere; or the law asks for none. */
export const ATTESTATION_GROUNDS = ['not-identifiable', 'release', 'exempt'] as const;
export type AttestationGround = (typeof ATTESTATION_GROUNDS)[number];

export type AttestationState = 'proposed' | 'confirmed' | 'ended';

/** What two people say of one face of one picture. It holds for what is made from the picture, and for no other upload of the same file. */
export interface FaceAttestation {
  readonly id: AttestationId;
  readonly asset: AssetId;
  readonly version: VersionId;
  readonly face: FaceBox;
  readonly ground: AttestationGround;
  /** Number or place of the release, or the law that exempts; null for not-identifiable. */
  readonly reference: string | null;
  /** Entry of the ledger that holds the reason. */
  readonly entry: EntryId;
  readonly attestedBy: SubjectId | null;
  readonly attestedAt: Date;
  readonly confirmed: { readonly by: SubjectId | null; readonly at: Date } | null;
  readonly ended: { readonly by: SubjectId | null; readonly at: Date; readonly entry: EntryId } | null;
}

export interface NewAttestation {
  readonly asset: AssetId;
  readonly version: VersionId;
  readonly face: FaceBox;
  readonly ground: AttestationGround;
  readonly reference: string | null;
  readonly reason: string;
}

export interface AttestationPage {
  /** Null: of every asset. */
  readonly asset: AssetId | null;
  /** Null: whatever its state. */
  readonly state: AttestationState | null;
  readonly first: number;
  readonly after: string | null;
}
