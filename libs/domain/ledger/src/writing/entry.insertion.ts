import type { Guess, NewRow } from './entry.row.js';

/** Lists of a row: what each element is bound to, and as which types. */
const LISTS = {
  about: ['text', 'uuid', 'bigint'],
  payloads: ['text', 'bytea', 'bytea'],
  subjects: ['uuid', 'text'],
  assets: ['uuid'],
} as const;
type Lists = Readonly<Record<keyof typeof LISTS, readonly (readonly unknown[])[]>>;
/** tenant, id, type, at, actor, bytes, leaf hash */
const OWN_VALUES = 7;
/** asset, seq of its last entry, that one's leaf hash */
const GUESS_VALUES = 3;

/** One text for each number of things, parts, subjects and assets. */
const texts = new Map<string, string>();

function listsOf({ about, payloads }: NewRow): Lists {
  return {
    about: about.map(({ kind, id, seq }) => [kind, id, seq ?? null]),
    payloads: payloads.map(({ part, wrappedKey, sealed }) => [part, Buffer.from(wrappedKey), Buffer.from(sealed)]),
    subjects: payloads.flatMap(({ part, subjects }) => [...new Set(subjects)].map((subject) => [subject, part])),
    assets: about.filter(({ seq }) => seq !== undefined).map(({ id }) => [id]),
  };
}

/** In the order of the parameters of `insertionText`. */
export function insertionValues(row: NewRow, guess: Guess | null): readonly unknown[] {
  const { about, payloads, subjects, assets } = listsOf(row);
  const lists = [...about, ...payloads, ...subjects, ...(guess ? [] : assets)].flat();
  const { tenant, id, type, at, actor, bytes, leafHash } = row;
  const head = guess ? [guess.asset, guess.head.seq - 1, guess.head.prev && Buffer.from(guess.head.prev)] : [];
  return [tenant, id, type, at, actor, Buffer.from(bytes), Buffer.from(leafHash), ...head, ...lists];
}

/**
 * With plain parameters, so that a connection plans each text once. Arrays would have it planned anew each time, because a plan for arrays
 * of unknown length looks dearer than it is; that cost more than the insertion.
 */
export function insertionText(row: NewRow, isGuessed: boolean): string {
  const lists = listsOf(row);
  const shape = `${isGuessed} ${Object.values(lists)
    .map(({ length }) => length)
    .join(' ')}`;
  let text = texts.get(shape);
  if (text === undefined) texts.set(shape, (text = textOf(lists, isGuessed)));
  return text;
}

function textOf(lists: Lists, isGuessed: boolean): string {
  let bound = OWN_VALUES + (isGuessed ? GUESS_VALUES : 0);
  const list = (name: keyof Lists): string =>
    lists[name].map(() => `(${LISTS[name].map((type) => `$${(bound += 1)}::${type}`).join(', ')})`).join(', ');
  const about = list('about');
  const payloads = list('payloads');
  const subjects = list('subjects');
  const assets = isGuessed ? '' : list('assets');
  const steps = [
    isGuessed && GUESSED_HEAD,
    `entry as (
       insert into ledger_entry (tenant, id, type, at, actor, bytes, leaf_hash)
       select $1::uuid, $2::uuid, $3::text, $4::timestamptz, $5::text, $6::bytea, $7::bytea ${isGuessed ? 'from head where head.leaf_hash = $7' : ''}
       returning position
     )`,
    about &&
      `about as (
         insert into ledger_about (tenant, kind, about, position, entry, seq)
         select $1, a.kind, a.about, entry.position, $2, a.seq from entry, (values ${about}) as a (kind, about, seq) on conflict do nothing
       )`,
    payloads &&
      `payload as (
         insert into ledger_payload (tenant, entry, part, version, wrapped_key, sealed)
         select $1, $2, p.part, 1, p.wrapped_key, p.sealed from entry, (values ${payloads}) as p (part, wrapped_key, sealed)
       )`,
    subjects &&
      `payload_subject as (
         insert into ledger_payload_subject (tenant, subject, entry, part)
         select $1, s.subject, $2, s.part from entry, (values ${subjects}) as s (subject, part)
       )`,
    assets && `head as (update ledger_asset_head set leaf_hash = $7 where tenant = $1 and asset in (${assets}))`,
    `pending as (insert into ledger_pending (tenant, position, entry) select $1, position, $2 from entry)`,
  ];
  return `with ${steps.filter(Boolean).join(', ')} select ${isGuessed ? 'seq, leaf_hash from head' : 'from entry'}`;
}

/** Counts up in any case, as the writer of an entry does; takes the new entry as the last one where the guess was right. */
const GUESSED_HEAD = `head as (
    update ledger_asset_head h
       set seq = h.seq + 1, leaf_hash = case when h.seq = $9::bigint and h.leaf_hash = $10::bytea then $7::bytea else h.leaf_hash end
     where h.tenant = $1 and h.asset = $8::uuid returning h.seq, h.leaf_hash
  )`;
