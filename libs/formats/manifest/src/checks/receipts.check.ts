import { type Receipt, type ReceiptReport, type ReceiptTools, verifyReceipt } from '@imprimatur/formats/ledger';
import { type ExportBinding, parseExportBinding } from '../binding.format.js';
import { displayText } from '../display.js';
import type { Check, CheckOutcome } from '../report.types.js';

/** The two receipts of an export, checked, and the binding that they lead to; null where they lead to none. */
export interface ReceiptsCheck {
  readonly check: Check;
  readonly binding: ExportBinding | null;
}

type Consistent = Extract<ReceiptReport, { status: 'consistent' }>;

const BINDING_PART = 'binding';

/** Whether both entries are in one log, under the witnesses that the verifier asks for, of the right kind, about the same version, and in the right order. */
export function checkReceipts(receipts: { readonly released: Receipt; readonly rendered: Receipt }, tools: ReceiptTools): ReceiptsCheck {
  const released = verifyReceipt(receipts.released, tools);
  const rendered = verifyReceipt(receipts.rendered, tools);
  for (const [name, report] of [
    ['version.released', released],
    ['export.rendered', rendered],
  ] as const) {
    if (report.status === 'broken')
      return told('bad', `The receipt of ${name} is broken: ${displayText(report.why)}.`, [`receipt.${report.check}`]);
    if (report.status === 'unknown')
      return told('unknown', `The receipt of ${name} cannot be read: ${displayText(report.why)}.`, ['receipt.version']);
  }
  return together(released as Consistent, rendered as Consistent, tools);
}

function together(released: Consistent, rendered: Consistent, { policy }: ReceiptTools): ReceiptsCheck {
  if (released.entry.type !== 'version.released' || rendered.entry.type !== 'export.rendered') {
    return told('bad', 'A receipt is of another kind of entry than it is offered as.', ['receipt.type']);
  }
  const { origin } = released;
  if (rendered.origin !== origin || rendered.entry.tenant !== released.entry.tenant || !origin.endsWith(`/t/${released.entry.tenant}`)) {
    return told('bad', 'The two receipts are not of one log, or not of its tenant.', ['receipt.log']);
  }
  if (rendered.index <= released.index) return told('bad', 'The file was made before the version was released.', ['receipt.order']);
  const disclosed = rendered.parts[BINDING_PART];
  const binding = disclosed ? parseExportBinding(disclosed) : null;
  if (!binding) return told('unknown', 'The receipt of export.rendered does not disclose which file it speaks of.', ['receipt.binding']);
  const speaksOf = ({ entry }: Consistent): boolean => entry.about.some(({ kind, id }) => kind === 'version' && id === binding.version);
  if (!speaksOf(released) || !speaksOf(rendered))
    return told('bad', 'The two receipts do not speak of the same version.', ['receipt.version']);
  return { check: inLog(released, rendered, policy !== undefined && policy.quorum !== null), binding };
}

function inLog(released: Consistent, rendered: Consistent, asksWitnesses: boolean): Check {
  const where = `Release (entry ${released.index}) and file (entry ${rendered.index}) are in the log ${displayText(released.origin)}`;
  if (released.key !== 'known' || rendered.key !== 'known') {
    const words = `${where} as its receipts show it: consistent, key not known. Without the log's key from a source of your own, anybody could have made them.`;
    return { name: 'receipts', outcome: 'unknown', words, codes: ['receipt.key'] };
  }
  const isWitnessed = released.witnesses === 'witnessed' && rendered.witnesses === 'witnessed';
  const words = `${where}, under checkpoints signed with the key you gave. ${witnessWords(released, rendered)} That an entry was true when written is not proven.`;
  return asksWitnesses && !isWitnessed
    ? { name: 'receipts', outcome: 'bad', words: `${words} The quorum of your policy is missing.`, codes: ['receipt.witness'] }
    : { name: 'receipts', outcome: 'good', words, codes: [] };
}

function witnessWords(...receipts: readonly Consistent[]): string {
  const names = [...new Set(receipts.flatMap(({ anchors }) => anchors.judgement?.witnesses.map(({ name }) => name) ?? []))].sort();
  if (receipts.every(({ witnesses }) => witnesses === 'witnessed'))
    return `Witnessed, as your policy asks, by ${names.map(displayText).join(', ')}.`;
  return 'Operator only: no independent witness.';
}

function told(outcome: CheckOutcome, words: string, codes: readonly string[]): ReceiptsCheck {
  return { check: { name: 'receipts', outcome, words, codes }, binding: null };
}
