import { firstOf, type WalkReport } from '@imprimatur/formats/ledger';
import { plural } from '../plural.js';
import type { LedgerReport } from './ledger.report.js';
import type { LedgerTrust, Memory } from './ledger.trust.js';

const FINDINGS_SHOWN = 10;

/** What a walk says, in words and in an outcome. */
export function logVerdict(report: WalkReport, { policy }: LedgerTrust, memories: readonly Memory[]): LedgerReport {
  const first = firstOf(report.findings);
  const isQuorate = isWitnessed(report, policy !== undefined && policy.quorum !== null, memories);
  const witnesses = isQuorate ? 'witnessed' : 'operator only';
  const isPolicyMissed = policy !== undefined && policy.quorum !== null && !isQuorate;
  const details = { ...report, witnesses, first };
  const notes = notesOf(report, memories);
  const say = (outcome: LedgerReport['outcome'], words: string): LedgerReport => ({ outcome, kind: 'log', words, notes, details });
  if (first) return say('bad', `${capital(first.words)}.`);
  if (isPolicyMissed) return say('bad', 'The log is consistent, but the quorum of the policy did not cosign its checkpoint.');
  if (report.unknownVersions > 0) {
    const what = plural(report.unknownVersions, 'entry is', 'entries are');
    return say('unknown', `Consistent, but ${what} of a version that is not known here, from entry ${report.firstUnknownVersion} on.`);
  }
  if (report.key === 'known')
    return say('good', `Complete and signed by the pinned key of its log; ${standing(isQuorate, memories, report)}.`);
  const whose = report.key === 'none' ? 'there is no key for it, pinned or brought' : 'the key came along with the log';
  return say(
    'unknown',
    `Consistent, key not known: ${whose}. Pin it with --log-key from a source of your own. ${capital(standing(isQuorate, memories, report))}.`,
  );
}

/** By cosignatures on the checkpoint itself, or on an earlier head that the log provably grew out of. */
function isWitnessed({ judgement, since }: WalkReport, asksForSomebody: boolean, memories: readonly Memory[]): boolean {
  if (!asksForSomebody) return false;
  return (
    (judgement?.isSatisfied ?? false) || memories.some(({ isWitnessed: cosigned }, at) => cosigned && since[at]?.status === 'consistent')
  );
}

function standing(isQuorate: boolean, memories: readonly Memory[], { judgement }: WalkReport): string {
  if (!isQuorate) return 'operator only: no independent witness stands behind it';
  if (judgement?.isSatisfied) return 'the quorum of the policy cosigned it';
  const size = Math.max(...memories.filter((memory) => memory.isWitnessed).map((memory) => memory.size));
  return `witnessed up to entry ${size - 1}, operator only after that`;
}

function notesOf(report: WalkReport, memories: readonly Memory[]): string[] {
  const { head, entries, bytes, assets, findings, since, judgement, signed } = report;
  const notes = head ? [`${head.origin}, ${plural(head.size, 'entry', 'entries')}, root ${head.root}`] : [];
  notes.push(
    `${plural(entries, 'entry', 'entries')} hashed and read (${bytes} bytes), ${plural(assets, "asset's history", "assets' histories")} followed`,
  );
  if (signed.good > 0) notes.push(`${plural(signed.good, 'entry', 'entries')} signed by people with keys that the log enrolled`);
  if (signed.unknown > 0) notes.push(`${plural(signed.unknown, 'entry', 'entries')} signed, key not known`);
  since.forEach(({ size, status }, at) => notes.push(`${status} with ${memories[at]?.file ?? 'the old checkpoint'} of size ${size}`));
  for (const { name, time } of judgement?.witnesses ?? []) notes.push(`cosigned by ${name} at ${new Date(time * 1000).toISOString()}`);
  for (const { code, words, id } of findings.slice(0, FINDINGS_SHOWN))
    notes.push(`${code}: ${words}${id === undefined ? '' : ` (entry_${id})`}`);
  if (findings.length > FINDINGS_SHOWN) notes.push(`and ${findings.length - FINDINGS_SHOWN} findings more: --json lists them`);
  return notes;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
