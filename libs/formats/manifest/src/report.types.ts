/** What was looked at. Append-only. */
export const CHECK_NAMES = [
  'manifest',
  'signature',
  'content',
  'time',
  'issuer',
  'ingredients',
  'ingredient-issuers',
  'receipts',
  'picture',
  'status',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

export type CheckOutcome = 'good' | 'bad' | 'unknown';

export interface Check {
  readonly name: CheckName;
  readonly outcome: CheckOutcome;
  /** What was found, promising no more than was checked. */
  readonly words: string;
  /** Codes of the C2PA validator, or of a receipt's check, behind it. */
  readonly codes: readonly string[];
}

export interface ManifestSummary {
  readonly urn: string;
  readonly title: string;
  readonly generator: string;
  readonly signedBy: string | null;
  /** RFC 3339; null: not time-stamped. */
  readonly timestamp: string | null;
  readonly actions: number;
  /** Id of the export, as the file itself says; null: it says none. */
  readonly exportId: string | null;
  readonly ingredients: readonly { readonly title: string; readonly relationship: string; readonly hasManifest: boolean }[];
}

/** What verifying one file came to. Plain JSON. */
export interface VerificationReport {
  readonly v: 1;
  readonly outcome: CheckOutcome;
  /** 0 good, 1 bad, 2 unknown. */
  readonly exitCode: 0 | 1 | 2;
  /** The whole in one sentence. */
  readonly words: string;
  readonly checks: readonly Check[];
  /** Null: the file has none that can be read. */
  readonly manifest: ManifestSummary | null;
}
