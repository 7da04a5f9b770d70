import type { EntryId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { EventFilter, SearchPage } from './event.types.js';
import type { About } from '../ledger.types.js';
import type { StoredEntry } from './reader.repository.js';

export interface EntryRow {
  readonly id: EntryId;
  readonly bytes: Uint8Array;
  readonly position: string;
  readonly index: string | null;
}

export function storedOf({ index, ...row }: EntryRow): StoredEntry {
  return { ...row, index: index === null ? null : Number(index) };
}

/** Positions outside of which no entry of the asked time stands. */
interface Bounds {
  readonly low: string;
  readonly high: string;
}

/** The entry of each row of `f`: `offset 0` keeps it a look into the index for each, however few entries there are to join. */
const EACH_ENTRY = `cross join lateral (select id, bytes, position, at, actor, type from ledger_entry where tenant = $1 and position = f.position offset 0) e`;
/** Of PostgreSQL's bigint. */
export const POSITION_MAX = '9223372036854775807';

/** Values of one statement, each written once: `bind(value)` answers its `$n`. `$1` is the tenant. */
class Statement {
  readonly values: unknown[];

  constructor({ context }: ReadContext) {
    this.values = [context.tenant];
  }

  bind(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Entries in the order of their position by one index, or by one range of it for each row of `ranges` (`r`). */
interface Source {
  readonly from: string;
  /** What decides the range of the index, but for the position. */
  readonly range: readonly string[];
  readonly position: string;
  readonly ranges: string | null;
}

@Injectable()
export class EventSearchRepository {
  async find(read: ReadContext, filter: EventFilter, page: SearchPage): Promise<readonly StoredEntry[]> {
    const bounds = await this.bounds(read, filter);
    if (!bounds) return [];
    const statement = new Statement(read);
    const low = maxOf(page.after ?? '0', bounds.low);
    const high = minOf(page.upTo ?? POSITION_MAX, bounds.high);
    const found = rowsOf(statement, filter, { low, high }, page.first, conditions(statement, filter));
    const rows = await read.manager.query<EntryRow[]>(
      `select e.id, e.bytes, e.position, l.index from (${found}) f
         ${EACH_ENTRY}
         left join lateral (select index from ledger_leaf where tenant = $1 and entry = e.id offset 0) l on true
        order by e.position`,
      statement.values,
    );
    return rows.map(storedOf);
  }

  /** Looks at `lookAtMax` rows of the index at most, and counts to `countMax`; what stands behind `upTo` does not count. */
  async count(
    read: ReadContext,
    filter: EventFilter,
    countMax: number,
    lookAtMax: number,
    upTo = POSITION_MAX,
  ): Promise<{ readonly found: number; readonly lookedAt: number }> {
    const bounds = await this.bounds(read, filter);
    if (!bounds) return { found: 0, lookedAt: 0 };
    const statement = new Statement(read);
    const rest = conditions(statement, filter);
    // where the index alone decides, nothing but the count limits how many rows are looked at
    const within = { low: bounds.low, high: minOf(upTo, bounds.high) };
    const looked = rowsOf(statement, filter, within, rest.length === 0 ? countMax : lookAtMax, []);
    const rows = await read.manager.query<{ found: string; looked_at: string }[]>(
      rest.length === 0
        ? `select count(*) as found, count(*) as looked_at from (${looked}) f`
        : `select count(*) filter (where ${rest.join(' and ')}) as found, count(*) as looked_at
             from (${looked}) f ${EACH_ENTRY}`,
      statement.values,
    );
    return { found: Number(rows[0]?.found ?? 0), lookedAt: Number(rows[0]?.looked_at ?? 0) };
  }

  /**
   * The lowest and highest position of the hours that the asked time touches; null: there is none. Clocks of different processes differ, so
   * that positions and times are not in one order: every hour that has entries is asked for its first and its last.
   */
  private async bounds(read: ReadContext, { from, to }: EventFilter): Promise<Bounds | null> {
    if (!from && !to) return { low: '0', high: POSITION_MAX };
    const rows = await read.manager.query<{ low: string | null; high: string | null }[]>(
      `with recursive hours (hour) as (
         (select hour from ledger_entry where tenant = $1 and hour >= $2::timestamp order by hour limit 1)
         union all
         select (select e.hour from ledger_entry e where e.tenant = $1 and e.hour > h.hour order by e.hour limit 1)
           from hours h where h.hour < $3::timestamp
       )
       select min(low.position) - 1 as low, max(high.position) as high from hours h
        cross join lateral (select position from ledger_entry where tenant = $1 and hour = h.hour order by position limit 1) low
        cross join lateral (select position from ledger_entry where tenant = $1 and hour = h.hour order by position desc limit 1) high
        where h.hour < $3::timestamp`,
      [read.context.tenant, from ? hourOf(from) : '-infinity', to ? to.toISOString().slice(0, -1) : 'infinity'],
    );
    const [row] = rows;
    return row?.low === undefined || row.low === null || row.high === null ? null : { low: row.low, high: row.high };
  }
}

/** `position` of up to `limit` entries that match, in order. */
function rowsOf(statement: Statement, filter: EventFilter, { low, high }: Bounds, limit: number, rest: readonly string[]): string {
  const { from, range, position, ranges } = sourceOf(statement, filter, rest.length > 0);
  const where = [...range, `${position} > ${statement.bind(low)}::bigint`, `${position} <= ${statement.bind(high)}::bigint`, ...rest];
  const most = statement.bind(limit);
  const rows = `select ${position} as position from ${from} where ${where.join(' and ')} order by ${position} limit ${most}`;
  if (!ranges) return rows;
  return `with recursive ranges (type) as (${ranges}) select m.position from ranges r cross join lateral (${rows}) m order by m.position limit ${most}`;
}

/** What the filter starts from: one thing, else who acted, else the types, else everything. */
function sourceOf(statement: Statement, { about: [about], actor, types }: EventFilter, needsEntry: boolean): Source {
  if (about) {
    const range = ['f.tenant = $1', `f.kind = ${statement.bind(about.kind)}`, `f.about = ${statement.bind(about.id)}`];
    return { from: `ledger_about f ${needsEntry ? EACH_ENTRY : ''}`, range, position: 'f.position', ranges: null };
  }
  const entries = { from: 'ledger_entry e', position: 'e.position' };
  if (actor !== null) {
    const who = statement.bind(actor);
    const range = ['e.tenant = $1', `e.actor = ${who}`, 'e.type = r.type'];
    return { ...entries, range, ranges: types.length > 0 ? listOf(statement, types) : typesOf(who) };
  }
  if (types.length > 0) return { ...entries, range: ['e.tenant = $1', 'e.type = r.type'], ranges: listOf(statement, types) };
  return { ...entries, range: ['e.tenant = $1'], ranges: null };
}

/** What the source does not decide, of the entry `e`. */
function conditions(statement: Statement, { about: [first, ...more], actor, types, from, to }: EventFilter): readonly string[] {
  return [
    ...more.map((about) => speaksOf(statement, about)),
    ...(first && actor !== null ? [`e.actor = ${statement.bind(actor)}`] : []),
    ...(first && types.length > 0 ? [`e.type = any(${statement.bind(types)}::text[])`] : []),
    ...(from ? [`e.at >= ${statement.bind(from)}`] : []),
    ...(to ? [`e.at < ${statement.bind(to)}`] : []),
  ];
}

function speaksOf(statement: Statement, { kind, id }: About): string {
  return `exists (select 1 from ledger_about o where o.tenant = $1 and o.kind = ${statement.bind(kind)} and o.about = ${statement.bind(id)}
    and o.position = e.position)`;
}

function listOf(statement: Statement, types: readonly string[]): string {
  return `select * from unnest(${statement.bind([...new Set(types)])}::text[])`;
}

/** Every type that the actor ever wrote, each found by one look into the index. */
function typesOf(actor: string): string {
  return `(select type from ledger_entry where tenant = $1 and actor = ${actor} order by type limit 1)
    union all
    select (select e.type from ledger_entry e where e.tenant = $1 and e.actor = ${actor} and e.type > t.type order by e.type limit 1)
      from ranges t where t.type is not null`;
}

function hourOf(at: Date): string {
  return `${at.toISOString().slice(0, 13)}:00:00`;
}

function minOf(a: string, b: string): string {
  return BigInt(a) < BigInt(b) ? a : b;
}

function maxOf(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b;
}
