import type { NewEvent } from '@imprimatur/domain/ledger';
import type { Assertion } from '@imprimatur/formats/ledger';
import type { EntryId, SubjectId } from '@imprimatur/kernel';
import type { Action, SubjectType } from '../abilities.js';

/** What a decision is taken as. */
export interface Duty {
  readonly action: Action;
  readonly on: SubjectType;
  /** Whether a role that was granted lately has to rest before it may. */
  readonly rests: boolean;
  /** always: nobody may without. when-enrolled: whoever has an authenticator must use it. */
  readonly signature: 'always' | 'when-enrolled' | 'if-given';
}

/** The hand that takes a decision: the role that it has, since when, and its signature. */
export interface Hand {
  /** `role.granted`, which names the two people; null: no grant is on record, as for the service itself. */
  readonly grant: EntryId | null;
  readonly signed: { readonly over: string; readonly value: string; readonly statement: string } | null;
}

export type MaybeAssertion = Assertion | null;

/**
 * The event of a decision with the hand that took it: the grant as a fact, the signature, and as a sealed part the statement that it is over.
 * `subjects`: whose erasure destroys the statement, where it has digests of what is theirs.
 */
export function byHand(event: NewEvent, { grant, signed }: Hand, subjects: readonly SubjectId[] = []): NewEvent {
  return {
    ...event,
    facts: grant === null ? event.facts : { ...event.facts, grant },
    ...(signed && {
      parts: { ...event.parts, statement: { value: signed.statement, subjects: [...new Set(subjects)] } },
      signature: { kind: 'webauthn' as const, over: signed.over, value: signed.value },
    }),
  };
}
