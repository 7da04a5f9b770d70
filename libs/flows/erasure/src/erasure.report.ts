import type { CopyCount, Erasure } from '@imprimatur/domain/retention';
import type { AffectedPerson, CopyAction, CopyKind, Download } from './erasure.plan.js';
import { OBJECT_STEP, stepOf } from './erasure.steps.js';

/** How far the removal of one kind of copies is. */
export interface ReportLine {
  readonly kind: CopyKind;
  readonly action: CopyAction;
  readonly planned: number;
  /** Unreadable all of it is from the commit of the erasure on; this says what is removed. */
  readonly done: number;
  readonly note: string;
}

export interface ErasureReport {
  readonly lines: readonly ReportLine[];
  readonly affected: readonly AffectedPerson[];
  readonly downloads: readonly Download[];
}

/** What was remembered of the plan when it was carried out. */
interface StoredReport {
  readonly groups: readonly { readonly kind: CopyKind; readonly action: CopyAction; readonly count: number; readonly note: string }[];
  readonly affected: readonly AffectedPerson[];
  readonly downloads: readonly Download[];
}

const IN_STORE: readonly CopyKind[] = ['original', 'derivative', 'export'];

export function reportOn({ report }: Erasure, counts: readonly CopyCount[]): ErasureReport {
  // written by `reportOf` in the transaction of the erasure, and never changed
  const { groups, affected, downloads } = report as unknown as StoredReport;
  return {
    lines: groups.map(({ kind, action, count, note }) => ({
      kind,
      action,
      planned: count,
      done: doneOf(kind, action, count, counts),
      note,
    })),
    affected,
    downloads,
  };
}

function doneOf(kind: CopyKind, action: CopyAction, planned: number, counts: readonly CopyCount[]): number {
  if (action === 'keep') return 0;
  const step = IN_STORE.includes(kind) ? OBJECT_STEP : stepOf(kind);
  const found = counts.find((each) => each.kind === step);
  // what has no step was done with the commit
  if (step === null || !found || found.done === found.planned) return planned;
  return step === OBJECT_STEP ? 0 : Math.min(planned, found.done);
}

/** What no erasure reaches, said with every plan and report. */
export const BEYOND_REACH: readonly { readonly code: string; readonly message: string }[] = [
  {
    code: 'DOWNLOADED_EXPORTS',
    message: 'Exports that were downloaded: whoever has them must be asked. The downloads on record are listed.',
  },
  { code: 'SEEN_PICTURES', message: 'Pictures and thumbnails that people looked at or saved through the API: that is not recorded.' },
  {
    code: 'BACKUPS',
    message:
      'Backups of the database hold the person’s key, wrapped, until they are rotated: with the wrapping key of the time they could be opened. docs/erasure.md says what to do after a restore.',
  },
  { code: 'PROVIDERS', message: 'What a provider keeps of the pictures and prompts that it was sent: its own terms hold.' },
  { code: 'DISCLOSURES', message: 'Parts of the ledger that were disclosed: `ledger.disclosed` says which, and to whom.' },
];
