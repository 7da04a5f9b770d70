import type { AssetId, SubjectId } from '@imprimatur/kernel';
import type { AssetRights } from '../asset.types.js';

/** Whose the source is, and what its licence leaves free, as somebody who may says. */
export type NewSourceRights = Omit<AssetRights, 'aiTraining'>;

/** One record of it; the newest counts, and what the uploader declared counts until there is one. */
export interface SourceRights extends NewSourceRights {
  readonly asset: AssetId;
  /** 1, 2, 3 ... per asset. */
  readonly number: number;
  readonly recordedBy: SubjectId | null;
  readonly recordedAt: Date;
}
