export {
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
export { logZeroOrigin, tenantOrigin } from './origin.js';
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
