import type { CheckOutcome } from '@imprimatur/formats/manifest';

/** What `ledger verify` says of one thing. */
export interface LedgerReport {
  readonly outcome: CheckOutcome;
  /** What was checked. */
  readonly kind: 'log' | 'receipt' | 'tlog-proof';
  readonly words: string;
  /** Each a line of its own below the words. */
  readonly notes: readonly string[];
  /** Everything else, for programs. */
  readonly details: Readonly<Record<string, unknown>>;
}

const COLOURS: Readonly<Record<CheckOutcome, string>> = { good: '32', bad: '31', unknown: '33' };

/** A report for a person at a terminal. */
export function ledgerText(target: string, { outcome, words, notes }: LedgerReport, colour: boolean): string {
  const painted = colour ? `\u001b[${COLOURS[outcome]}m${outcome}\u001b[0m` : outcome;
  return [`${target}: ${painted}. ${words}`, ...notes.map((note) => `  ${note}`)].join('\n');
}
