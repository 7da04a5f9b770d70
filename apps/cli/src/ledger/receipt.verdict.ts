import { type ReceiptReport, trailFindings, verifyReceipt } from '@imprimatur/formats/ledger';
import { displayText, worstOutcome } from '@imprimatur/formats/manifest';
import { type TimestampReport, verifyTimestamp } from '@imprimatur/formats/timestamp';
import { fromBase64, toBase64, toHex } from '@imprimatur/kernel';
import { ed25519Verify, hmacSha256, sha256 } from '../node.digests.js';
import type { LedgerReport } from './ledger.report.js';
import { PeopleOfReceipts, signedNote } from './people.of.receipts.js';
import { type LedgerTrust, parseJson } from './ledger.trust.js';

type Consistent = Extract<ReceiptReport, { status: 'consistent' }>;

/** A receipt, an array of them, or one on each line; null for a text that is none of these. */
export function receiptsIn(text: string): readonly unknown[] | null {
  const whole = parseJson(text);
  if (Array.isArray(whole)) return whole.length > 0 ? (whole as unknown[]) : null;
  if (typeof whole === 'object' && whole !== null) return [whole];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const each = lines.map(parseJson);
  return lines.length > 1 && each.every((value) => typeof value === 'object' && value !== null) ? each : null;
}

/** What one receipt is worth, with its anchors and stamps, and with what a person signed. */
async function receiptVerdict(report: ReceiptReport, { policy, anchorsPem }: LedgerTrust, people: PeopleOfReceipts): Promise<LedgerReport> {
  const say = (outcome: LedgerReport['outcome'], words: string, notes: readonly string[], details: object): LedgerReport => ({
    outcome,
    kind: 'receipt',
    words,
    notes,
    details: { ...details },
  });
  if (report.status === 'broken') return say('bad', `Not a good receipt: ${report.why}.`, [], { check: report.check });
  if (report.status === 'unknown') return say('unknown', `This is ${report.why}, which is not known here.`, [], {});
  const stamps = await Promise.all(report.anchors.stamps.map(({ token, message }) => verifyTimestamp(token, message, anchorsPem)));
  const signed = await people.judge(report);
  const notes = [...entryNotes(report), ...(signed ? [signedNote(signed)] : []), ...anchorNotes(report), ...stamps.map(stampNote)];
  const details = { ...detailsOf(report, stamps), signed };
  if (signed?.status === 'bad') return say('bad', `The signature of a person does not hold: ${signed.why}.`, notes, details);
  const broken = stamps.find((stamp) => stamp.status === 'broken');
  if (broken) return say('bad', `A time stamp does not hold: ${broken.why}.`, notes, details);
  if (policy && policy.quorum !== null && report.witnesses !== 'witnessed')
    return say('bad', 'The receipt is consistent, but the quorum of the policy did not cosign what it leads to.', notes, details);
  const standing =
    report.witnesses === 'witnessed'
      ? 'the quorum of the policy stands behind it'
      : 'operator only: no independent witness stands behind it';
  return report.key === 'known'
    ? say('good', `Entry ${report.index} is in the log, signed by its pinned key; ${standing}.`, notes, details)
    : say(
        'unknown',
        `Consistent, key not known: pin the key of ${displayText(report.origin)} with --log-key; ${standing}.`,
        notes,
        details,
      );
}

/** Several receipts as one: the worst of them, and with `isWhole` whether an event is missing among them. */
export async function receiptsVerdict(receipts: readonly unknown[], trust: LedgerTrust, isWhole: boolean): Promise<LedgerReport> {
  const { logKeys, policy } = trust;
  const read = receipts.map((receipt) => verifyReceipt(receipt, { sha256, hmacSha256, ed25519Verify, logKeys, ...(policy && { policy }) }));
  const people = new PeopleOfReceipts(read);
  const reports: LedgerReport[] = [];
  for (const report of read) reports.push(await receiptVerdict(report, trust, people));
  const findings = trailFindings(sha256, receipts.flatMap(entryIn));
  const [only] = reports;
  if (reports.length === 1 && only && !isWhole) return only;
  const outcome = isWhole && findings.length > 0 ? 'bad' : worstOutcome(reports.map((report) => report.outcome));
  const gap = findings[0] && `${findings[0].words}.`;
  const words = isWhole && gap ? `Something was left out: ${gap}` : `${reports.length} receipts.`;
  const notes = reports.flatMap((report, at) => [`${at}: ${report.outcome}. ${report.words}`, ...report.notes.map((note) => `  ${note}`)]);
  if (!isWhole && gap) notes.push(`not the whole history of each asset: ${gap} With --complete that is bad.`);
  return { outcome, kind: 'receipt', words, notes, details: { receipts: reports, findings } };
}

function entryIn(receipt: unknown): { index: number; bytes: Uint8Array }[] {
  try {
    const { entry, index } = receipt as { readonly entry: string; readonly index: number };
    return [{ index, bytes: fromBase64(entry) }];
  } catch {
    return []; // told by its own report
  }
}

function entryNotes({ entry, parts, index, size, origin }: Consistent): string[] {
  const withheld = Object.keys(entry.parts).filter((name) => !(name in parts));
  return [
    `${displayText(origin)}, entry ${index} of ${size}: entry_${entry.id}`,
    `${displayText(entry.type)} at ${displayText(entry.at)} by ${displayText(entry.actor.ref)}, about ${entry.about.map(({ kind, id }) => displayText(`${kind}_${id}`)).join(', ') || 'nothing'}`,
    ...Object.entries(parts).map(([name, bytes]) => `${displayText(name)}: ${displayText(partText(bytes))}`),
    ...(withheld.length > 0 ? [`withheld: ${withheld.map(displayText).join(', ')}`] : []),
  ];
}

function anchorNotes({ anchors }: Consistent): string[] {
  const { logZero, judgement, unknown } = anchors;
  return [
    ...(logZero
      ? [`its checkpoint is entry ${logZero.index} of ${displayText(logZero.origin)} of size ${logZero.size}, key ${logZero.key}`]
      : []),
    ...(judgement?.witnesses ?? []).map(({ name, time }) => `cosigned by ${name} at ${new Date(time * 1000).toISOString()}`),
    ...unknown.map((kind) => `an anchor of kind ${displayText(kind)}, which is not known here`),
  ];
}

function stampNote(stamp: TimestampReport): string {
  if (stamp.status === 'broken') return `time stamp: ${displayText(stamp.why)}`;
  const whose = stamp.authority === 'pinned' ? 'an authority that you pinned' : 'self-asserted: its authority is not pinned';
  return `stamped at ${stamp.time} by ${displayText(stamp.name)} (${whose})`;
}

function detailsOf({ entry, origin, index, size, key, witnesses, anchors, parts }: Consistent, stamps: readonly TimestampReport[]): object {
  const disclosed = Object.entries(parts).map(([name, bytes]): [string, object] => [name, { text: textOf(bytes), bytes: toBase64(bytes) }]);
  const withheld = Object.keys(entry.parts).filter((name) => !(name in parts));
  const { logZero, judgement, unknown } = anchors;
  return {
    entry,
    origin,
    index,
    size,
    key,
    witnesses,
    anchors: { logZero, judgement, unknown, stamps },
    disclosed: Object.fromEntries(disclosed),
    withheld,
  };
}

/** Text where it is text, else the bytes in hex, as of a picture's digest. */
function partText(bytes: Uint8Array): string {
  return textOf(bytes) ?? toHex(bytes);
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
