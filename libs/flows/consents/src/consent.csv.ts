import { AGE_BANDS, type ConsentForm, faultsOf } from '@imprimatur/domain/consent';
import { parseId } from '@imprimatur/kernel';
import { CsvBroken, type CsvRecord, readCsv } from '@imprimatur/platform/csv';
import type { ConsentWish } from './consent.flow.js';

/** Lines after the headings that one import may have: they become one transaction. */
export const IMPORT_LINES_MAX = 500;

/** Headings of an import, as the fields of `registerConsent` are called. */
export const IMPORT_COLUMNS = [
  'asset',
  'face',
  'person',
  'ageBand',
  'method',
  'noticeText',
  'noticeLanguage',
  'useCases',
  'kindsOfChange',
  'channels',
  'territories',
  'validUntil',
  'providers',
  'training',
  'representative',
  'representativeKind',
  'representativeBasis',
  'modelRelease',
  'propertyRelease',
] as const;
export type ImportColumn = (typeof IMPORT_COLUMNS)[number];
const OPTIONAL: readonly ImportColumn[] = [
  'noticeLanguage',
  'validUntil',
  'providers',
  'training',
  'representative',
  'representativeKind',
  'representativeBasis',
  'modelRelease',
  'propertyRelease',
];
const LANGUAGE_DEFAULT = 'en';

/** What is wrong with one field, or (`column` null) with a line. Nothing of what the file says of a person is in it. */
export type ImportProblem = {
  /** Of the file, from 1: where the record begins. */
  readonly line: number;
  readonly column: string | null;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
};

/** One line that says what a consent needs. */
export interface ImportLine {
  readonly line: number;
  readonly wish: ConsentWish;
}

/** Either lines or problems: with one problem no line counts. */
export interface ReadImport {
  readonly lines: readonly ImportLine[];
  readonly problems: readonly ImportProblem[];
}

const TRAINING: ReadonlyMap<string, boolean> = new Map([
  ['', false],
  ['no', false],
  ['yes', true],
]);
/** In the column of providers: the picture is sent nowhere. */
const NOBODY = 'none';

const WHOLE = /^(0|[1-9]\d{0,3})$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** CSV as RFC 4180 has it, in UTF-8, its headings first, in any order; the lists of a scope are separated by spaces. `now`: what has ended by then is refused. */
export async function readConsentLines(file: AsyncIterable<Uint8Array>, now: Date): Promise<ReadImport> {
  const lines: ImportLine[] = [];
  const problems: ImportProblem[] = [];
  const seen = new Map<string, number>();
  let columns: Columns | null = null;
  let count = 0;
  try {
    for await (const record of readCsv(file)) {
      if (columns === null) {
        const headings = headingsOf(record);
        if ('problems' in headings) return { lines: [], problems: headings.problems };
        ({ columns } = headings);
        continue;
      }
      count += 1;
      if (count > IMPORT_LINES_MAX) {
        problems.push(tooMany(record.line));
        break;
      }
      const said = JSON.stringify(record.fields);
      const first = seen.get(said);
      const read = first === undefined ? readLine(record, columns, now) : { problems: [twice(record.line, first)] };
      if (first === undefined) seen.set(said, record.line);
      if ('wish' in read) lines.push({ line: record.line, wish: read.wish });
      else problems.push(...read.problems);
    }
  } catch (error) {
    if (!(error instanceof CsvBroken)) throw error;
    problems.push(broken(error));
  }
  if (problems.length === 0 && lines.length === 0) problems.push(nothing());
  return { lines: problems.length === 0 ? lines : [], problems };
}

type Columns = ReadonlyMap<ImportColumn, number>;

const isColumn = (heading: string): heading is ImportColumn => IMPORT_COLUMNS.some((column) => column === heading);

function headingsOf({ line, fields }: CsvRecord): { readonly columns: Columns } | { readonly problems: readonly ImportProblem[] } {
  const headings = fields.map((field) => field.trim());
  const wanted = IMPORT_COLUMNS.join(', ');
  const problems: ImportProblem[] = [];
  const columns = new Map<ImportColumn, number>();
  for (const [place, heading] of headings.entries()) {
    if (!isColumn(heading)) {
      // counted, not named: a file without headings has people here
      problems.push(
        problem(
          line,
          null,
          'COLUMN_UNKNOWN',
          `Heading ${place + 1} is none that is known.`,
          `The headings are ${wanted}; take out any other column.`,
        ),
      );
    } else if (columns.has(heading)) {
      problems.push(problem(line, heading, 'COLUMN_TWICE', 'The column is there twice.', 'Keep one of them.'));
    } else columns.set(heading, place);
  }
  for (const column of IMPORT_COLUMNS) {
    if (columns.has(column) || OPTIONAL.includes(column)) continue;
    problems.push(problem(line, column, 'COLUMN_MISSING', 'The column is missing.', `Begin the file with the headings ${wanted}.`));
  }
  return problems.length === 0 ? { columns } : { problems };
}

function readLine(
  { line, fields }: CsvRecord,
  columns: Columns,
  now: Date,
): { readonly wish: ConsentWish } | { readonly problems: readonly ImportProblem[] } {
  if (fields.length !== columns.size) {
    const message = `The line has ${fields.length} fields, and there are ${columns.size} headings.`;
    return {
      problems: [
        problem(line, null, 'FIELDS_MISCOUNTED', message, 'Give each line a field for each heading; quote fields with separators.'),
      ],
    };
  }
  const cell = (column: ImportColumn): string => (fields[columns.get(column) ?? -1] ?? '').trim();
  const problems: ImportProblem[] = [];
  const need = <T>(column: ImportColumn, value: T | null | undefined, code: string, wanted: string): T | null => {
    if (value !== null && value !== undefined) return value;
    problems.push(problem(line, column, code, 'The field cannot be read.', `Give ${wanted}.`));
    return null;
  };
  const asset = need('asset', parseId('asset', cell('asset')), 'ASSET_UNREADABLE', 'the id of an uploaded picture, as asset_...');
  const face = need(
    'face',
    WHOLE.test(cell('face')) ? Number(cell('face')) : null,
    'FACE_UNREADABLE',
    'a number from 0, from left to right',
  );
  const ageBand = need(
    'ageBand',
    AGE_BANDS.find((band) => band === cell('ageBand').toLowerCase()),
    'AGE_BAND_UNKNOWN',
    'ADULT or MINOR',
  );
  const until = cell('validUntil');
  const validUntil =
    until === '' ? null : need('validUntil', momentOf(until), 'MOMENT_UNREADABLE', 'RFC 3339 with its zone, as 2031-01-31T12:00:00Z');
  const training = TRAINING.get(cell('training').toLowerCase());
  need('training', training, 'TRAINING_UNREADABLE', 'yes or no');
  // what stands there of an age that is not known is not judged by it
  const form = { ...formOf(cell, training ?? false), ageBand: ageBand ?? ('adult' as const), validUntil };
  for (const { field, refusal } of faultsOf(form, now)) problems.push({ line, column: field, ...refusal });
  if (asset === null || face === null || ageBand === null || problems.length > 0) return { problems };
  return { wish: { ...form, asset, face } };
}

/** What can be said in text; whether it may be said is asked of the rules. */
function formOf(cell: (column: ImportColumn) => string, training: boolean): Omit<ConsentForm, 'ageBand' | 'validUntil'> {
  const list = (column: ImportColumn): readonly string[] => cell(column).split(/\s+/).filter(Boolean);
  return {
    person: cell('person'),
    method: cell('method'),
    notice: { text: cell('noticeText'), language: cell('noticeLanguage') || LANGUAGE_DEFAULT },
    scope: {
      useCases: list('useCases'),
      kindsOfChange: list('kindsOfChange'),
      channels: list('channels'),
      territories: list('territories'),
      providers: cell('providers') === '' ? null : list('providers').filter((name) => name !== NOBODY),
      training,
    },
    representative:
      cell('representative') + cell('representativeKind') + cell('representativeBasis') === ''
        ? null
        : { name: cell('representative'), kind: cell('representativeKind'), basis: cell('representativeBasis') },
    modelRelease: cell('modelRelease') || null,
    propertyRelease: cell('propertyRelease') || null,
  };
}

/** Null: none, or a day that the month does not have. */
function momentOf(text: string): Date | null {
  const [, day] = DATE_TIME.exec(text) ?? [];
  if (day === undefined || new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) !== day) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : moment;
}

export function problem(line: number, column: string | null, code: string, message: string, remedy: string): ImportProblem {
  return { line, column, code, message, remedy };
}

const twice = (line: number, first: number): ImportProblem =>
  problem(line, null, 'LINE_TWICE', `The line says the same as line ${first}.`, 'Keep one of them: each line becomes a record of its own.');

const tooMany = (line: number): ImportProblem =>
  problem(line, null, 'LINES_TOO_MANY', `More than ${IMPORT_LINES_MAX} lines; nothing from here on was read.`, 'Send the file in parts.');

const nothing = (): ImportProblem =>
  problem(1, null, 'LINES_NONE', 'The file has no line after its headings.', `Give headings (${IMPORT_COLUMNS.join(', ')}) and lines.`);

const broken = ({ why, line }: CsvBroken): ImportProblem =>
  problem(
    line ?? 1,
    null,
    'CSV_BROKEN',
    `From here on it cannot be read as CSV: ${why}.`,
    'Send CSV in UTF-8, with fields in quotes where they have separators.',
  );
