import type { LedgerReport } from './ledger.report.js';
import type { InheritedReport } from './log.succession.js';

/** The verdict on a log, and what checkpoints of its predecessors say of it. */
export function withInherited(report: LedgerReport, inherited: readonly InheritedReport[]): LedgerReport {
  if (inherited.length === 0) return report;
  const notes = [...report.notes, ...inherited.map(noteOf)];
  const details = { ...report.details, inherited: inherited.map(printable) };
  const contradicted = inherited.find(({ status }) => status === 'contradicted');
  const lost = inherited.find(({ status }) => status === 'lost');
  if (contradicted && report.outcome !== 'bad')
    return { ...report, outcome: 'bad', words: `The log does not grow out of ${contradicted.file}: ${contradicted.why}.`, notes, details };
  if (lost && report.outcome === 'good') {
    const words = `Complete as it is, but it goes on from an older backup: ${lost.why}.`;
    return { ...report, outcome: 'unknown', words, notes, details };
  }
  return { ...report, notes, details };
}

function noteOf({ file, size, origin, announcement, status, why }: InheritedReport): string {
  const { index, newOrigin } = announcement;
  const succession = `${origin} goes on as ${newOrigin} by entry ${index}, which whoever has the new log's key announces`;
  return status === 'consistent'
    ? `consistent with ${file} of size ${size}, across a succession: ${succession}`
    : `${status === 'lost' ? 'not comparable' : 'inconsistent'} with ${file} of size ${size}: ${succession}; ${why}`;
}

function printable({ announcement, ...rest }: InheritedReport): object {
  const { oldRootSigned, restoredRoot, ...facts } = announcement;
  return {
    ...rest,
    announcement: {
      ...facts,
      oldRootSigned: Buffer.from(oldRootSigned).toString('base64url'),
      restoredRoot: Buffer.from(restoredRoot).toString('base64url'),
    },
  };
}
