export { ASSERTIONS } from './assertions/registry.js';
export type { AssertionKind } from './assertions/assertion.types.js';
export { type BoundFile, type BoundPixels, type ExportBinding, exportBinding, parseExportBinding } from './binding.format.js';
export { type PictureFacts, checkPicture } from './checks/picture.check.js';
export { checkReceipts, type ReceiptsCheck } from './checks/receipts.check.js';
export { manifestDefinition, type ManifestDefinition } from './definition.js';
export { displayText } from './display.js';
export {
  type C2paEngine,
  engineErrorText,
  engineSettings,
  isPanic,
  loadEngine,
  MemoryBlob,
  readStore,
  type StoreReading,
  type TrustSettings,
} from './engine.js';
export { GOVERNANCE_LABEL, type Governance, governanceSchema, reviewerPseudonym } from './governance.format.js';
export {
  ACTION_NAMES,
  type ActionName,
  type AiDisclosure,
  type ExportManifestInput,
  type GovernanceInput,
  type ManifestAction,
  type ManifestInception,
  type ManifestIngredient,
  type ManifestTurn,
  type SoftwareAgent,
} from './manifest.input.js';
export { type CertificateNames, readManifest, type ReadIngredient, type ReadManifest } from './manifest.reader.js';
export { EXIT_CODES, withStatus, worstOutcome } from './report.js';
export {
  CHECK_NAMES,
  type Check,
  type CheckName,
  type CheckOutcome,
  type ManifestSummary,
  type VerificationReport,
} from './report.types.js';
export { type Examination, examineFile, unverifiable, verifyFile, type VerifyTools } from './verify.js';
export {
  CLAIM_SIGNING_EKU,
  DEVELOPMENT_CA_MARK,
  type DigitalSourceTerm,
  digitalSourceUri,
  EMAIL_PROTECTION_EKU,
  MANIFEST_FORMATS,
  type ManifestFormat,
  mediaTypeOf,
  sniffManifestFormat,
  TIME_STAMPING_EKU,
} from './vocabulary.js';
