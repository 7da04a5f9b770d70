import type { StreamWish } from '@imprimatur/domain/ledger';
import { readFilter } from './event.filter.js';

/** As Express hands it over: a name said twice is a list. */
export type ExportQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

const NAMES = ['format', 'from', 'to', 'type', 'asset', 'session', 'turn', 'item', 'export', 'actor', 'after'] as const;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const POSITION = /^(0|[1-9]\d{0,14})$/;

/** What is asked for, or in words why it cannot be. `type` may be said several times. */
export function readExport(query: ExportQuery): StreamWish | string {
  const unknown = Object.keys(query).find((name) => !NAMES.some((known) => known === name));
  if (unknown !== undefined) return 'it has a parameter that is not known';
  const twice = NAMES.find((name) => name !== 'type' && typeof query[name] === 'object');
  if (twice !== undefined) return `${twice} is said twice`;
  const one = (name: (typeof NAMES)[number]): string | null => (typeof query[name] === 'string' ? query[name] : null);
  const format = one('format') ?? 'ndjson';
  if (format !== 'ndjson' && format !== 'ocsf') return 'format is neither ndjson nor ocsf';
  const after = one('after') ?? '0';
  if (!POSITION.test(after)) return 'after is not a position';
  const from = timeOf(one('from'));
  const to = timeOf(one('to'));
  if (from === 'wrong' || to === 'wrong') return 'from and to are times like 2026-01-31T12:00:00Z';
  const types = query.type === undefined ? [] : [query.type].flat();
  const { asset, session, turn, item, export: exported, actor } = Object.fromEntries(NAMES.map((name) => [name, one(name)]));
  const filter = readFilter({ asset, session, turn, item, export: exported, actor, types, from, to });
  return typeof filter === 'string' ? filter : { format, filter, after: Number(after) };
}

function timeOf(text: string | null): Date | null | 'wrong' {
  if (text === null) return null;
  const at = new Date(text);
  return TIME.test(text) && !Number.isNaN(at.getTime()) ? at : 'wrong';
}
