import type { HoldKind, HoldTarget, LegalHold } from '@imprimatur/domain/retention';
import { type EntryId, parseId, toPublicId } from '@imprimatur/kernel';

export interface HoldParent {
  readonly __typename: 'LegalHold';
  readonly entryId: EntryId;
  readonly releaseEntryId: EntryId | null;
  readonly [field: string]: unknown;
}

export function toHold({ id, target, matter, entry, placedBy, placedAt, released }: LegalHold): HoldParent {
  return {
    __typename: 'LegalHold',
    entryId: entry,
    releaseEntryId: released?.entry ?? null,
    id: toPublicId('hold', id),
    kind: target.kind.toUpperCase(),
    // the target is an id of its own kind
    target: `${target.kind}_${target.id}`,
    matter,
    placedBy: placedBy && toPublicId('subject', placedBy),
    placedAt,
    isActive: released === null,
    releasedBy: released?.by ? toPublicId('subject', released.by) : null,
    releasedAt: released?.at ?? null,
  };
}

/** Null: the id is none of this kind. */
export function fromTarget(kindName: string, text: string): HoldTarget | null {
  const kind = kindName.toLowerCase() as HoldKind;
  const id = parseId(kind, text);
  return id && { kind, id };
}
