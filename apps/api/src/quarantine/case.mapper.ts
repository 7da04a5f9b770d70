import { type CaseGround, type QuarantineCase, stateOf } from '@imprimatur/domain/quarantine';
import { type CaseId, type EntryId, systemClock, toPublicId } from '@imprimatur/kernel';

export interface CaseParent {
  readonly __typename: 'QuarantineCase';
  readonly caseId: CaseId;
  readonly entryId: EntryId;
  readonly proposalEntry: EntryId | null;
  readonly [field: string]: unknown;
}

export function toCase(found: QuarantineCase): CaseParent {
  const { id, asset, entry, openedBy, openedAt, dueAt, handlers, quarantinedAt, preservedUntil, proposed, ended } = found;
  const state = stateOf(found);
  return {
    __typename: 'QuarantineCase',
    caseId: id,
    entryId: entry,
    proposalEntry: proposed?.entry ?? null,
    id: toPublicId('case', id),
    state: state.toUpperCase(),
    ground: fromGround(found.ground),
    asset: toPublicId('asset', asset),
    export: found.export && toPublicId('export', found.export),
    openedBy: openedBy && toPublicId('subject', openedBy),
    openedAt,
    dueAt,
    isOverdue: state === 'open' && dueAt < systemClock.now(),
    handlers: handlers.map((subject) => toPublicId('subject', subject)),
    quarantinedAt,
    preservedUntil,
    proposedOutcome: proposed?.outcome.toUpperCase() ?? null,
    proposedBy: proposed?.by ? toPublicId('subject', proposed.by) : null,
    endedBy: ended?.by ? toPublicId('subject', ended.by) : null,
    endedAt: ended?.at ?? null,
  };
}

const fromGround = (ground: CaseGround): string => ground.toUpperCase().replace('-', '_');
export const toGround = (name: string): CaseGround => name.toLowerCase().replace('_', '-') as CaseGround;
