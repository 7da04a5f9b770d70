import type { UsageText } from '@imprimatur/formats/policy';
import type { BundleId, EntryId, SubjectId } from '@imprimatur/kernel';

/** Somebody has read a text of the policy and says so. It is the text that counts, whichever bundle it came with. */
export interface Acknowledgement {
  readonly subject: SubjectId;
  /** Hex digest of the text. */
  readonly digest: string;
  /** The text's own version. */
  readonly version: string;
  /** The bundle that it was read in. */
  readonly bundle: BundleId;
  readonly entry: EntryId;
  readonly acknowledgedAt: Date;
}

/** The text of the active bundle, and since when somebody has acknowledged it; null: not yet. */
export interface UsageDuty {
  readonly bundle: BundleId;
  readonly text: UsageText;
  readonly acknowledgedAt: Date | null;
}
