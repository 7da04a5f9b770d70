import type { Finding, FindingKind, Reconciliation } from '@imprimatur/domain/providers';
import { type ReconciliationId, toPublicId } from '@imprimatur/kernel';

export interface ReconciliationParent {
  readonly __typename: 'Reconciliation';
  readonly reconciliationId: ReconciliationId;
  readonly [field: string]: unknown;
}

export function toReconciliation(found: Reconciliation): ReconciliationParent {
  return {
    __typename: 'Reconciliation',
    reconciliationId: found.id,
    id: toPublicId('reconciliation', found.id),
    provider: found.provider,
    columns: found.columns,
    timeZone: found.timeZone,
    windowSeconds: found.windowSeconds,
    importedBy: found.importedBy && toPublicId('subject', found.importedBy),
    importedAt: found.importedAt,
    from: found.period?.from ?? null,
    to: found.period?.to ?? null,
    counts: found.counts,
  };
}

export function toFinding({ kind, line, problem, call, attempt, basis }: Finding): object {
  const text = (count: number | null): string | null => (count === null ? null : String(count));
  return {
    __typename: 'ReconciliationFinding',
    kind: toEnum(kind),
    line: text(line),
    problem,
    ...call,
    inputTokens: text(call.inputTokens),
    outputTokens: text(call.outputTokens),
    attempt: attempt && toPublicId('attempt', attempt),
    basis: basis && toEnum(basis),
  };
}

/** `MISSING_FROM_BILL` of `missing-from-bill`. */
function toEnum(word: string): string {
  return word.toUpperCase().replaceAll('-', '_');
}

export function fromFindingKind(name: string): FindingKind {
  return name.toLowerCase().replaceAll('_', '-') as FindingKind;
}
