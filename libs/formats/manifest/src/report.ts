import { isDevelopmentSigner } from './checks/issuer.check.js';
import { named } from './checks/signature.check.js';
import type { ReadManifest } from './manifest.reader.js';
import type { Check, CheckName, CheckOutcome, ManifestSummary, VerificationReport } from './report.types.js';

/** What is told but does not decide: without a time stamp, or with a history by strangers, a picture's own credentials still hold. */
const ADVISORY: readonly CheckName[] = ['time', 'ingredient-issuers'];

export const EXIT_CODES: Readonly<Record<CheckOutcome, 0 | 1 | 2>> = { good: 0, bad: 1, unknown: 2 };

/** Of several files: bad beats unknown, unknown beats good. */
export function worstOutcome(outcomes: readonly CheckOutcome[]): CheckOutcome {
  if (outcomes.includes('bad')) return 'bad';
  return outcomes.includes('unknown') ? 'unknown' : 'good';
}

/** One bad check makes it bad; else one that could not be known makes it unknown. */
export function makeReport(checks: readonly Check[], manifest: ReadManifest | null): VerificationReport {
  const bad = checks.find(({ outcome }) => outcome === 'bad');
  const unknown = checks.find(({ name, outcome }) => outcome === 'unknown' && !ADVISORY.includes(name));
  const outcome = bad ? 'bad' : unknown ? 'unknown' : 'good';
  return {
    v: 1,
    outcome,
    exitCode: EXIT_CODES[outcome],
    words: headline(checks, manifest, bad, unknown),
    checks,
    manifest: manifest && summaryOf(manifest),
  };
}

/** The report with what the service answered since: a file that does not stand any more is bad, one of which nobody could say is unknown. */
export function withStatus(report: VerificationReport, status: Check): VerificationReport {
  const outcome = worstOutcome([report.outcome, status.outcome]);
  const words =
    outcome === report.outcome
      ? report.words
      : `${status.outcome === 'bad' ? 'It stands no longer.' : 'Could not be known.'} ${status.words}`;
  return { ...report, outcome, exitCode: EXIT_CODES[outcome], words, checks: [...report.checks, status] };
}

function headline(checks: readonly Check[], manifest: ReadManifest | null, bad: Check | undefined, unknown: Check | undefined): string {
  const isGood = (name: CheckName): boolean => checks.some((check) => check.name === name && check.outcome === 'good');
  const isDevelopment = manifest !== null && isDevelopmentSigner(manifest);
  if (bad) return `Checked and found bad. ${bad.words}`;
  if (unknown?.name === 'issuer' && isGood('signature') && isGood('content')) {
    return isDevelopment
      ? 'Intact; issuer is not on the C2PA trust list, and this check was not told to trust it.'
      : 'Intact; issuer is not among the trust anchors given to this check.';
  }
  if (unknown) return `Could not be known. ${unknown.words}`;
  const intact = isDevelopment
    ? 'Intact; issuer is not on the C2PA trust list, but this check was told to trust it.'
    : 'Intact, and its issuer leads to a trust anchor given to this check.';
  const receipts = isGood('picture')
    ? 'Its receipts are in the log and speak of this very picture.'
    : 'It carries no receipt of an approval, so nothing is said about one.';
  return `${intact} ${receipts}`;
}

function summaryOf(manifest: ReadManifest): ManifestSummary {
  const { urn, title, generator, signer, timestamp, actionCount, ingredients, governance } = manifest;
  return {
    urn,
    title,
    generator,
    signedBy: signer && named(signer.subject),
    timestamp: timestamp && timestamp.at,
    actions: actionCount,
    exportId: typeof governance === 'string' ? null : governance.export,
    ingredients,
  };
}
