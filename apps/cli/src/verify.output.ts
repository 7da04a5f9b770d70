import type { CheckOutcome, VerificationReport } from '@imprimatur/formats/manifest';

const COLOURS: Readonly<Record<CheckOutcome, string>> = { good: '32', bad: '31', unknown: '33' };
const OUTCOME_WIDTH = 9;
const NAME_WIDTH = 20;

/** A report for a person at a terminal. */
export function reportText(file: string, { outcome, words, checks, manifest }: VerificationReport, colour: boolean): string {
  const paint = (text: string, painted: CheckOutcome): string => (colour ? `\u001b[${COLOURS[painted]}m${text}\u001b[0m` : text);
  const lines = [`${file}: ${paint(outcome, outcome)}. ${words}`];
  if (manifest) {
    const { title, urn, signedBy, actions } = manifest;
    lines.push(
      `  "${title}", signed by ${signedBy ?? 'nobody who is named'}, tells ${actions} ${actions === 1 ? 'action' : 'actions'}, ${urn}`,
    );
  }
  for (const { name, outcome: found, words: said } of checks) {
    lines.push(`  ${paint(found.padEnd(OUTCOME_WIDTH), found)}${name.padEnd(NAME_WIDTH)}${said}`);
  }
  if (manifest?.exportId && !checks.some(({ name }) => name === 'status'))
    lines.push(`  ${'unasked'.padEnd(OUTCOME_WIDTH)}${'status'.padEnd(NAME_WIDTH)}Whether consent was withdrawn since: --online asks.`);
  return lines.join('\n');
}

/** One line of JSON that may also stand inside an HTML script: a title out of a stranger's file cannot end it. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
