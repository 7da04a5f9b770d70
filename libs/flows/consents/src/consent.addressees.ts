import type { Addressee } from '@imprimatur/domain/notices';
import type { ExportId, SubjectId } from '@imprimatur/kernel';

/** What is known of an export that a notice is about. */
export interface OwnedExport {
  readonly id: ExportId;
  /** Null: the system, which is told nothing. */
  readonly requestedBy: SubjectId | null;
}

/** Everybody once, each with their own exports; `others` are told without any. `except`: who did it knows. */
export function addresseesOf(
  exports: readonly OwnedExport[],
  others: readonly (SubjectId | null)[],
  except: SubjectId | null = null,
): readonly Addressee[] {
  const owned = new Map<SubjectId, ExportId[]>();
  for (const { id, requestedBy } of [...exports].sort((one, other) => (one.id < other.id ? -1 : 1))) {
    if (requestedBy !== null) owned.set(requestedBy, [...(owned.get(requestedBy) ?? []), id]);
  }
  for (const other of others) if (other !== null && !owned.has(other)) owned.set(other, []);
  return [...owned]
    .filter(([subject]) => subject !== except)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([subject, own]) => ({ subject, exports: own }));
}
