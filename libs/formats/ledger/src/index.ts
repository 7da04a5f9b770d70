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
export { PERSON_ALGORITHMS, readPersonKey, type PersonKey } from './signing/person.key.js';
export {
  assertionText,
  isOriginOf,
  readAssertion,
  readClientData,
  verifyPersonSignature,
  type Assertion,
  type EnrolledKey,
  type PersonSignatureReport,
  type PersonTools,
  type PersonVerify,
} from './signing/person.signature.js';
export { PersonKeys, type SignedEntryReport } from './signing/signed.entries.js';
export {
  SIGNED_TYPES,
  statementText,
  type Matter,
  type Signing,
  type StatementKind,
  type Terms,
  termsDigest,
} from './signing/statement.js';
export { FINDING_CODES, FINDINGS_MAX, firstOf, type Finding, type FindingCode } from './walk/finding.js';
export { readBundle, readTile, type LogSource, type ReadTile } from './walk/log.source.js';
export { walkSegment, type SegmentOrder, type SegmentReport } from './walk/segment.js';
export type { KeyStanding } from './walk/signature.js';
export { trailFindings } from './walk/trail.findings.js';
export { hashIntoOf, type HashInto } from './walk/tree.hasher.js';
export { kindOf, walkLog, type RememberedHead, type SinceReport, type WalkReport, type WalkTools } from './walk/walk.js';
