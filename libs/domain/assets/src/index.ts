export { AssetModule } from './asset.module.js';
export { versionQuarantined, type AssetRefusal, type BlobRefusal } from './asset.refusals.js';
export { sourceRights } from './asset.rules.js';
export { restrictionsOf } from './rights/rights.rules.js';
export { SourceRightsService } from './rights/rights.service.js';
export type { NewSourceRights, SourceRights } from './rights/rights.types.js';
export { ORIGIN_MISMATCHES, originMismatch, type OriginMismatch } from './asset.origin.js';
export { AssetFamilies } from './asset.families.js';
export { AssetService } from './asset.service.js';
export {
  RIGHTS_DECLARATIONS,
  VERSION_ORIGINS,
  type Asset,
  type AssetRights,
  type Blob,
  type NewVersion,
  type PictureFacts,
  type ReleaseGrounds,
  type RightsDeclaration,
  type ScrubReport,
  type Slice,
  type Target,
  type Upload,
  type Version,
  type VersionOrigin,
} from './asset.types.js';
export { BlobVault, type NewBlob } from './blob.vault.js';
export { PictureQuarantine } from './picture.quarantine.js';
export { PictureCopies, type PictureCopy } from './picture.copies.repository.js';
