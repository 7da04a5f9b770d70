export {
  carriesCosignature,
  checkAnchors,
  logZeroAnchor,
  renewalAnchor,
  timestampAnchor,
  type Anchor,
  type AnchorsReport,
  type LogZeroAnchor,
  type RenewalAnchor,
  type StampClaim,
  type TimestampAnchor,
} from './anchor.js';
export { commitment, partAssociatedData, partBytes, SALT_BYTES, type PartValue } from './commitment.js';
export { ENTRY_BYTES_MAX, entryBytes, parseEntry, type Entry, type EntryAbout, type ParsedEntry } from './entry.js';
export { OCSF_VERSION, toOcsf, type LoggedEntry } from './ocsf.js';
export { ACTIVITY_NAMES, OCSF_TABLE, ocsfRowOf, type OcsfActivity, type OcsfRow } from './ocsf.table.js';
export { installationOrigin, logZeroOrigin, tenantOrigin } from './origin.js';
export {
  makeReceipt,
  verifyReceipt,
  type DisclosedPart,
  type Receipt,
  type ReceiptCheck,
  type ReceiptParts,
  type ReceiptReport,
} from './receipt.js';
export type { ReceiptTools } from './receipt.tools.js';
export { FINDING_CODES, FINDINGS_MAX, firstOf, type Finding, type FindingCode } from './walk/finding.js';
export { readBundle, readTile, type LogSource, type ReadTile } from './walk/log.source.js';
export { walkSegment, type SegmentOrder, type SegmentReport } from './walk/segment.js';
export type { KeyStanding } from './walk/signature.js';
export { trailFindings } from './walk/trail.findings.js';
export { hashIntoOf, type HashInto } from './walk/tree.hasher.js';
export { kindOf, walkLog, type RememberedHead, type SinceReport, type WalkReport, type WalkTools } from './walk/walk.js';
