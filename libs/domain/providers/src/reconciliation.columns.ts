import { ok, refuse, type Result } from '@imprimatur/kernel';
import { z } from 'zod';
import { columnTwice, columnUnknown, mappingInvalid, type ReconciliationRefusal } from './reconciliation.refusals.js';
import { COLUMN_NAMES, type ColumnName, type Columns } from './reconciliation.types.js';

/**
 * Headings as these exports write them. Of Google's billing export the rows are sums by hour and SKU, and the audit log counts no tokens: their rows
 * show that something was used, when and by which project, and only a call's own row can be explained.
 */
export const PRESETS = {
  generic: {
    time: 'time',
    responseId: 'response_id',
    model: 'model',
    inputTokens: 'input_tokens',
    outputTokens: 'output_tokens',
    cost: 'cost',
    project: 'project',
  },
  'google-cloud-billing': { time: 'usage_start_time', model: 'sku.description', cost: 'cost', project: 'project.id' },
  'vertex-audit': { time: 'timestamp', model: 'protoPayload.resourceName', project: 'resource.labels.project_id' },
  'openai-usage': {
    time: 'start_time',
    model: 'model',
    inputTokens: 'input_tokens',
    outputTokens: 'output_tokens',
    cost: 'amount_value',
    project: 'project_id',
  },
} as const satisfies Record<string, Columns>;

export type Preset = keyof typeof PRESETS;

export interface Mapping {
  readonly preset: Preset;
  /** Named by the caller: they must be in the file. */
  readonly named: Columns;
}

/** Where each column stands in a row. */
export type ColumnPlaces = Readonly<Partial<Record<ColumnName, number>>>;

const heading = z.string().trim().min(1).max(200);
const presetName = z.enum(Object.keys(PRESETS) as [Preset, ...Preset[]]);
const written = z.strictObject({
  preset: presetName.default('generic'),
  ...(Object.fromEntries(COLUMN_NAMES.map((name) => [name, heading.optional()])) as Record<ColumnName, z.ZodOptional<typeof heading>>),
});

/** A preset's name, or JSON: `{"preset":"generic","time":"When","inputTokens":"Tokens in"}`. */
export function readMapping(text: string): Result<Mapping, ReconciliationRefusal> {
  const named = presetName.safeParse(text);
  if (named.success) return ok({ preset: named.data, named: {} });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(mappingInvalid(Object.keys(PRESETS), COLUMN_NAMES));
  }
  const parsed = written.safeParse(value);
  if (!parsed.success) return refuse(mappingInvalid(Object.keys(PRESETS), COLUMN_NAMES));
  const { preset, ...columns } = parsed.data;
  return ok({ preset, named: Object.fromEntries(Object.entries(columns).filter(([, name]) => name !== undefined)) });
}

/** Finds the columns in a heading row. A column of a preset that is not in the file is one that the file does not state; the time must be there. */
export function placeColumns(
  mapping: Mapping,
  headings: readonly string[],
): Result<{ readonly columns: Columns; readonly places: ColumnPlaces }, ReconciliationRefusal> {
  const wanted: Columns = { ...PRESETS[mapping.preset], ...mapping.named };
  const trimmed = headings.map((each) => each.trim());
  const columns: Partial<Record<ColumnName, string>> = {};
  const places: Partial<Record<ColumnName, number>> = {};
  for (const name of COLUMN_NAMES) {
    const title = wanted[name];
    if (title === undefined) continue;
    const at = trimmed.indexOf(title);
    if (at < 0 && (name === 'time' || mapping.named[name] !== undefined)) return refuse(columnUnknown(name, title));
    if (at < 0) continue;
    if (trimmed.lastIndexOf(title) !== at) return refuse(columnTwice(name, title));
    columns[name] = title;
    places[name] = at;
  }
  return ok({ columns, places });
}
