import type { About, NewEvent } from '@imprimatur/domain/ledger';
import type { AssetId, CaseId, ExportId, SubjectId, VersionId } from '@imprimatur/kernel';
import type { CaseGround, CaseOutcome, Complaint, QuarantineCase } from './case.types.js';

const about = ({ id, asset, export: exported }: Pick<QuarantineCase, 'id' | 'asset' | 'export'>): readonly About[] => [
  { kind: 'case', id },
  { kind: 'asset', id: asset },
  ...(exported === null ? [] : [{ kind: 'export' as const, id: exported }]),
];

const why = (reason: string): NewEvent['parts'] => ({ reason: { value: reason.trim(), subjects: [] } });

export function caseOpened(
  made: { readonly id: CaseId; readonly asset: AssetId; readonly export: ExportId | null },
  ground: CaseGround,
  dueAt: Date,
  reason: string,
): NewEvent {
  return { type: 'case.opened', about: about(made), facts: { ground, dueAt: dueAt.toISOString() }, parts: why(reason) };
}

/** What was said and by whom is the complainant's own: their erasure destroys it. */
export function caseComplained(found: QuarantineCase, { ground, statement, name, contact }: Complaint, complainant: SubjectId): NewEvent {
  return {
    type: 'case.complained',
    about: [...about(found), { kind: 'subject', id: complainant }],
    facts: { ground },
    parts: { complaint: { value: { statement: statement.trim(), name: name.trim(), contact: contact.trim() }, subjects: [complainant] } },
  };
}

/** `byClock`: nobody acted in time, and the service did. */
export function caseQuarantined(found: QuarantineCase, versions: number, byClock: boolean): NewEvent {
  return { type: 'case.quarantined', about: about(found), facts: { ground: found.ground, versions, byClock } };
}

export function handlersNamed(found: QuarantineCase, handlers: readonly SubjectId[]): NewEvent {
  return { type: 'case.named', about: about(found), facts: { handlers: [...handlers] } };
}

/** Written before the picture is handed out. */
export function caseViewed(found: QuarantineCase, version: VersionId): NewEvent {
  return { type: 'case.viewed', about: [...about(found), { kind: 'version', id: version }], facts: {} };
}

export function caseEndProposed(found: QuarantineCase, outcome: CaseOutcome, reason: string): NewEvent {
  return { type: 'case.proposed', about: about(found), facts: { outcome }, parts: why(reason) };
}

/** `digests`: hex SHA-256 of what was destroyed, sealed, so that it can be shown later which files they were. */
export function caseEnded(found: QuarantineCase, outcome: CaseOutcome, digests: readonly string[]): NewEvent {
  const isDestroyed = outcome === 'destroy';
  return {
    type: 'case.ended',
    about: about(found),
    facts: { outcome, wasQuarantined: found.quarantinedAt !== null, ...(isDestroyed ? { destroyed: digests.length } : {}) },
    ...(isDestroyed ? { parts: { destroyed: { value: { sha256: [...digests] }, subjects: [] } } } : {}),
  };
}
