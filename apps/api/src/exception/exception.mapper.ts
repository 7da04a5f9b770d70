import { type ExceptionScope, type ExceptionScopeKind, exceptionStateOf, type PolicyException } from '@imprimatur/domain/policies';
import { type EntryId, parseId, systemClock, toPublicId } from '@imprimatur/kernel';

export interface ExceptionParent {
  readonly __typename: 'PolicyException';
  readonly entryId: EntryId;
  readonly [field: string]: unknown;
}

export function toException(exception: PolicyException): ExceptionParent {
  const { id, rule, scope, owner, until, isBreakGlass, entry, proposedBy, proposedAt, approved, reviewed, ended } = exception;
  return {
    __typename: 'PolicyException',
    entryId: entry,
    id: toPublicId('exception', id),
    state: exceptionStateOf(exception, systemClock.now()).toUpperCase(),
    rule,
    scopeKind: scope.kind.toUpperCase().replace('-', '_'),
    scope: scope.kind === 'use-case' ? scope.id : `${scope.kind}_${scope.id}`,
    owner: toPublicId('subject', owner),
    until,
    isBreakGlass,
    proposedBy: proposedBy && toPublicId('subject', proposedBy),
    proposedAt,
    approvedBy: approved?.by ? toPublicId('subject', approved.by) : null,
    approvedAt: approved?.at ?? null,
    justified: reviewed?.justified ?? null,
    reviewedBy: reviewed?.by ? toPublicId('subject', reviewed.by) : null,
    reviewedAt: reviewed?.at ?? null,
    endedBy: ended?.by ? toPublicId('subject', ended.by) : null,
    endedAt: ended?.at ?? null,
  };
}

/** Null: the id is none of this kind. */
export function fromScope(kindName: string, text: string): ExceptionScope | null {
  const kind = kindName.toLowerCase().replace('_', '-') as ExceptionScopeKind;
  if (kind === 'use-case') return { kind, id: text };
  const id = parseId(kind, text);
  return id && ({ kind, id } as ExceptionScope);
}
