/** A bundle as it lies in a folder or in the database: text by path, `/` between the parts (`rules/usage.cedar`). */
export type BundleFiles = Readonly<Record<string, string>>;

export type BundleProblemCode =
  | 'BUNDLE_FILE_MISSING'
  | 'BUNDLE_FILE_UNKNOWN'
  | 'BUNDLE_DATA_INVALID'
  | 'BUNDLE_SCHEMA_INVALID'
  | 'RULE_UNPARSABLE'
  | 'RULE_ID_DUPLICATE'
  | 'RULE_ANNOTATION_MISSING'
  | 'RULE_ANNOTATION_INVALID'
  | 'RULE_NOT_FORBID'
  | 'RULE_INVALID'
  | 'RULE_WORD_UNKNOWN'
  | 'RULE_UNKNOWN'
  | 'RULE_UNTESTED'
  | 'GOLDEN_INVALID';

/** One thing that is wrong, and where. */
export interface BundleProblem {
  readonly code: BundleProblemCode;
  /** File, and rule or field where there is one: `rules/usage.cedar, usage.rate`. */
  readonly where: string;
  /** The line of the file, from 1, where one is known. */
  readonly line?: number;
  readonly message: string;
}
