import type { About, EventFilter } from '@imprimatur/domain/ledger';
import { parseId } from '@imprimatur/kernel';

const KINDS = ['asset', 'session', 'turn', 'item', 'export'] as const;
const TYPES_MAX = 50;
/** Pseudonyms and types are short and plain; anything else is nobody's, and PostgreSQL would not take every text. */
const WORD = /^[\x21-\x7e]{1,100}$/;

export type FilterInput = Readonly<
  Partial<Record<(typeof KINDS)[number] | 'actor', string | null>> & {
    types?: readonly string[] | null;
    from?: Date | null;
    to?: Date | null;
  }
>;

/** What was asked for, or in words why it cannot be. */
export function readFilter(input: FilterInput): EventFilter | string {
  const about: About[] = [];
  for (const kind of KINDS) {
    const text = input[kind];
    if (text === undefined || text === null) continue;
    const id = parseId(kind, text);
    if (!id) return `${kind} is not an id of that kind`;
    about.push({ kind, id });
  }
  const actor = input.actor ?? null;
  if (actor !== null && !WORD.test(actor)) return 'actor is not a pseudonym';
  const types = input.types ?? [];
  if (types.length > TYPES_MAX || !types.every((type) => WORD.test(type))) return `types are at most ${TYPES_MAX} types of events`;
  return { actor, types, about, from: input.from ?? null, to: input.to ?? null };
}
