import type { ColumnPlaces } from './reconciliation.columns.js';
import { readTime, type Zone } from './reconciliation.time.js';
import type { BilledCall, ColumnName, RowProblem } from './reconciliation.types.js';

const TEXT_MAX = 500;
const TOKENS = /^\d{1,15}(\.0+)?$/;
const COST = /^[+-]?\d{1,15}(\.\d{1,15})?([eE][+-]?\d{1,2})?$/;

export type ReadRow = { readonly call: BilledCall } | { readonly problem: RowProblem };

/** One row of the file, as the call that it bills, or why it cannot be read. Nothing is guessed: what is not there is null. */
export function readRow(fields: readonly string[], width: number, places: ColumnPlaces, zone: Zone | null): ReadRow {
  if (fields.length !== width) return { problem: 'COLUMN_COUNT' };
  const text = (name: ColumnName): string | null => {
    const place = places[name];
    return place === undefined ? null : fields[place]?.trim() || null;
  };
  const [responseId, model, project] = [text('responseId'), text('model'), text('project')];
  for (const each of [responseId, model, project]) {
    if (each !== null && each.length > TEXT_MAX) return { problem: 'TEXT_TOO_LONG' };
    // eslint-disable-next-line no-control-regex -- exactly these are not to be stored
    if (each !== null && (/[\u0000-\u001f\u007f]/.test(each) || !each.isWellFormed())) return { problem: 'TEXT_UNREADABLE' };
  }
  const [input, output, cost] = [text('inputTokens'), text('outputTokens'), text('cost')];
  if ([input, output].some((each) => each !== null && !TOKENS.test(each))) return { problem: 'TOKENS_UNREADABLE' };
  if (cost !== null && !COST.test(cost)) return { problem: 'COST_UNREADABLE' };
  const time = text('time');
  if (time === null) return { problem: 'TIME_MISSING' };
  const at = readTime(time, zone);
  if (!at.ok) return { problem: at.refusal.code };
  const count = (written: string | null): number | null => (written === null ? null : Number(written));
  return { call: { at: at.value, responseId, model, inputTokens: count(input), outputTokens: count(output), cost, project } };
}
