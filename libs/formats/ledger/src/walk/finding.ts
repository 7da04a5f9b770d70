/** What a walk can find wrong. Words may change, codes are kept. */
export const FINDING_CODES = [
  'CHECKPOINT_UNREADABLE',
  'KEY_FILE_UNREADABLE',
  'SIGNATURE_WRONG',
  'QUORUM_MISSING',
  'FILE_MISSING',
  'TILE_UNREADABLE',
  'TILE_INCONSISTENT',
  'ENTRY_UNREADABLE',
  'ENTRY_NOT_ITS_LEAF',
  'ENTRY_MALFORMED',
  'ENTRY_OF_ANOTHER_TENANT',
  'EVENT_MISSING',
  'EVENT_TWICE',
  'EVENT_UNLINKED',
  'HEAD_WENT_BACK',
  'HEAD_FORKED',
  'OLD_CHECKPOINT_LARGER',
  'OLD_CHECKPOINT_INCONSISTENT',
  'PERSON_SIGNATURE_WRONG',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** One thing that is wrong with a log. */
export interface Finding {
  readonly code: FindingCode;
  readonly words: string;
  /** Index of the entry that it is about. */
  readonly entry?: number;
  /** Id of that entry, where it can be read. */
  readonly id?: string;
  /** File of the log that it is about. */
  readonly path?: string;
  readonly asset?: string;
  readonly seq?: number;
}

/** Beyond this the rest is not looked at: a log that is wrong through and through is named by its first hundred findings. */
export const FINDINGS_MAX = 100;

/** What entries say of each other; where an entry is not what was signed, these follow from it. */
const CONTENT: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'ENTRY_MALFORMED',
  'ENTRY_OF_ANOTHER_TENANT',
  'EVENT_MISSING',
  'EVENT_TWICE',
  'EVENT_UNLINKED',
  'HEAD_WENT_BACK',
  'HEAD_FORKED',
  'PERSON_SIGNATURE_WRONG',
]);

/** The one to name first: what is not as it was signed before what the entries say, and of those the one about the earliest entry. */
export function firstOf(findings: readonly Finding[]): Finding | null {
  const structure = findings.filter(({ code }) => !CONTENT.has(code));
  const candidates = structure.length > 0 ? structure : findings;
  const placeOf = ({ entry }: Finding): number => entry ?? Number.POSITIVE_INFINITY;
  return candidates.reduce<Finding | null>((first, each) => (first && placeOf(first) <= placeOf(each) ? first : each), null);
}
