import { Readable } from 'node:stream';
import { parse } from 'csv-parse';

const RECORD_CHARS_MAX = 64 * 1024;
const DELIMITERS = [',', ';', '\t'] as const;

export interface CsvRecord {
  /** Of the file, from 1, where the record begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The file is no CSV in UTF-8 from `line` on. A quote that is not closed may swallow any number of rows, so a file is taken whole or not at all.
 */
export class CsvBroken extends Error {
  constructor(
    /** SCREAMING_SNAKE. */
    readonly why: string,
    readonly line: number | null,
  ) {
    super(why);
  }
}

type Delimiter = (typeof DELIMITERS)[number];

/** Of the heading line: comma, semicolon or tab, whichever it has most of outside quotes. */
export function delimiterOf(headings: string): Delimiter {
  const bare = headings.replaceAll(/"(?:[^"]|"")*"/g, '');
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** RFC 4180, with any of the delimiters, line endings and a byte order mark, one record at a time; empty lines are none. Throws CsvBroken. */
export async function* readCsv(source: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  const text = withLineFeeds(decoded(source));
  const head = await firstLine(text);
  if (head.trim() === '') return;
  const parser = parse({
    delimiter: delimiterOf(head.trimStart().split('\n', 1)[0] ?? ''),
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: RECORD_CHARS_MAX,
    info: true,
  });
  const input = Readable.from(rejoined(head, text), { highWaterMark: 1 });
  // pipe does not carry an error over
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: info.lines - record.reduce((breaks, field) => breaks + field.split('\n').length - 1, 0), fields: record };
    }
  } catch (error) {
    throw asBroken(error);
  } finally {
    input.destroy();
  }
}

function asBroken(error: unknown): unknown {
  const { code, lines } = error as { readonly code?: unknown; readonly lines?: unknown };
  if (error instanceof CsvBroken || typeof code !== 'string' || lines === undefined) return error;
  return new CsvBroken(code.replace(/^CSV_/, ''), Number(lines));
}

async function* decoded(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw new CsvBroken('NOT_UTF8', null);
    }
  };
  for await (const chunk of source) yield decode(chunk);
  yield decode();
}

/** Windows' and old line ends are line feeds, inside quotes too, so that lines are counted alike. */
async function* withLineFeeds(text: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of text) {
    const whole = held + chunk;
    // its line feed may be the next chunk's first character
    held = whole.endsWith('\r') ? '\r' : '';
    yield whole.slice(0, whole.length - held.length).replaceAll(/\r\n?/g, '\n');
  }
  if (held) yield '\n';
}

/** Everything up to and with the end of the first line that has anything, and whatever came with it. */
async function firstLine(text: AsyncGenerator<string>): Promise<string> {
  let head = '';
  for (;;) {
    const next = await text.next();
    if (next.done) return head;
    head += next.value;
    if (head.trimStart().includes('\n')) return head;
    if (head.length > RECORD_CHARS_MAX) throw new CsvBroken('HEADING_TOO_LONG', 1);
  }
}

async function* rejoined(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}
