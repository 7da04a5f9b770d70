import fc from 'fast-check';
import { type CsvRecord, CsvBroken, delimiterOf, readCsv } from './csv.reader';

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, size = 7): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of readCsv(chunksOf(typeof text === 'string' ? Buffer.from(text) : text, size))) records.push(record);
  return records;
}

const plain = (records: readonly CsvRecord[]): [number, ...string[]][] => records.map(({ line, fields }) => [line, ...fields]);

describe('CSV', () => {
  it.each([
    ['line feeds', 'a,b\n1,2\n'],
    ['no last line end', 'a,b\n1,2'],
    ['Windows’ line ends', 'a,b\r\n1,2\r\n'],
    ['old line ends', 'a,b\r1,2\r'],
    ['a byte order mark', '\ufeffa,b\n1,2\n'],
    ['semicolons', 'a;b\n1;2\n'],
    ['tabs', 'a\tb\n1\t2\n'],
    ['quotes', '"a","b"\n"1","2"\n'],
  ])('with %s', async (_name, text) => {
    for (const size of [1, 2, 1000])
      expect(plain(await read(text, size))).toEqual([
        [1, 'a', 'b'],
        [2, '1', '2'],
      ]);
  });

  it('counts lines through quoted breaks and empty lines', async () => {
    expect(plain(await read('\r\na,b\r\n"x\r\ny",2\r\n\r\n3,"say ""hi"", now"\r\n'))).toEqual([
      [2, 'a', 'b'],
      [3, 'x\ny', '2'],
      [6, '3', 'say "hi", now'],
    ]);
  });

  it('leaves rows of another length to their reader', async () => {
    expect(plain(await read('a,b\n1\n1,2,3\n'))).toEqual([
      [1, 'a', 'b'],
      [2, '1'],
      [3, '1', '2', '3'],
    ]);
  });

  it('has nothing in an empty file', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('\n\r\n')).toEqual([]);
  });

  it.each<[string, string | Uint8Array, string, number | null]>([
    ['a quote that is not closed', 'a,b\n1,"2\n3,4\n', 'QUOTE_NOT_CLOSED', 3],
    ['something after a closing quote', 'a,b\n"1"x,2\n3,4\n', 'INVALID_CLOSING_QUOTE', 2],
    ['a quote within a field', 'a,b\n1,2"\n', 'INVALID_OPENING_QUOTE', 2],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a]), 'NOT_UTF8', null],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'NOT_UTF8', null],
    ['a cut character at its end', Buffer.from([0x61, 0x0a, 0xc3]), 'NOT_UTF8', null],
    ['an endless heading', 'x'.repeat(70_000), 'HEADING_TOO_LONG', 1],
    ['an endless record', `a,b\n1,${'x'.repeat(70_000)}\n`, 'MAX_RECORD_SIZE', 2],
  ])('is refused whole for %s', async (_name, text, why, line) => {
    const error: unknown = await read(text, 1000).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CsvBroken);
    expect([(error as CsvBroken).why, (error as CsvBroken).line]).toEqual([why, line]);
  });

  it('takes the delimiter from the heading, not from what is in quotes', () => {
    expect(delimiterOf('"a,b,c";d')).toBe(';');
    expect(delimiterOf('a')).toBe(',');
  });

  it('reads back whatever was written, however it arrives', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', ' ', '𝛑'), maxLength: 6 });
    const table = fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), async (rows, size) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const written = ['"h","i"', ...rows.map((row) => row.map(quoted).join(','))].join('\r\n');
        const [, ...back] = await read(written, size);
        expect(back.map(({ fields }) => fields)).toEqual(rows);
      }),
    );
  });
});
