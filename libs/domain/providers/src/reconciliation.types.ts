import type { AttemptId, ReconciliationId, SubjectId } from '@imprimatur/kernel';

export const FINDING_KINDS = ['unexplained', 'ambiguous', 'unreadable', 'missing-from-bill', 'explained'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** What a column of the file is taken for. */
export const COLUMN_NAMES = ['time', 'responseId', 'model', 'inputTokens', 'outputTokens', 'cost', 'project'] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];
/** Headings, as they stand in the file. */
export type Columns = Readonly<Partial<Record<ColumnName, string>>>;

/** One row that could be read. */
export interface BilledCall {
  readonly at: Date;
  readonly responseId: string | null;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** A decimal number, as billed; the currency is the file's. */
  readonly cost: string | null;
  /** Project, account or key that was billed. */
  readonly project: string | null;
}

/** SCREAMING_SNAKE: why a row could not be read. */
export type RowProblem = string;

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** What is asked for beside the file. */
export interface ReconciliationRequest {
  /** As attempts name it: `gemini`. */
  readonly provider: string;
  /** A preset's name, or headings by column, over the preset `generic` unless they name another. */
  readonly mapping: string;
  /** IANA name or offset, for times that state none; null: such times are unreadable. */
  readonly timeZone: string | null;
  /** How far a row's time may be from its call's. */
  readonly windowSeconds: number;
  /** What the bill is said to cover; null: from its first row to its last. */
  readonly period: Period | null;
}

/** The file, digested already; `read` may be called more than once. */
export interface BillFile {
  /** 32 bytes. */
  readonly sha256: Uint8Array;
  read(): AsyncIterable<Uint8Array>;
}

export interface ReconciliationCounts {
  /** Rows of the file, without its heading: explained, ambiguous, unexplained and unreadable ones. */
  readonly rows: number;
  readonly explained: number;
  readonly ambiguous: number;
  readonly unexplained: number;
  readonly missingFromBill: number;
  readonly unreadable: number;
}

export interface Reconciliation {
  readonly id: ReconciliationId;
  readonly provider: string;
  readonly columns: Columns;
  readonly timeZone: string | null;
  readonly windowSeconds: number;
  readonly importedBy: SubjectId | null;
  readonly importedAt: Date;
  /** Null: the file has no readable row, and no period was given. */
  readonly period: Period | null;
  readonly counts: ReconciliationCounts;
}

export interface Finding {
  /** Decimal; where it stands in the list. */
  readonly position: string;
  readonly kind: FindingKind;
  /** Of the file, from 1; null: not in the file. */
  readonly line: number | null;
  /** Why it could not be read, or BILLED_TWICE. */
  readonly problem: RowProblem | null;
  readonly call: { readonly [K in keyof BilledCall]: BilledCall[K] | null };
  /** What explains it, is missing from the bill, or is the only call that an ambiguous row could be. */
  readonly attempt: AttemptId | null;
  readonly basis: 'response-id' | 'time-and-tokens' | null;
}

export interface FindingPage {
  /** Null: all kinds. */
  readonly kind: FindingKind | null;
  readonly first: number;
  /** `position` of the last finding before the page. */
  readonly after: string | null;
}
