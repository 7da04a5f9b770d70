import { placeColumns, readMapping } from './reconciliation.columns';
import { readRow } from './reconciliation.row';
import { readTime, zoneOf } from './reconciliation.time';

describe('times', () => {
  const said = (text: string, zone: string | null = null): string => {
    const read = readTime(text, zone === null ? null : zoneOf(zone));
    return read.ok ? read.value.toISOString() : read.refusal.code;
  };

  it.each([
    ['2026-03-01T12:00:00Z', null, '2026-03-01T12:00:00.000Z'],
    ['2026-03-01T12:00:00.1234567+02:00', null, '2026-03-01T10:00:00.123Z'],
    ['2026-03-01 12:00:00 UTC', null, '2026-03-01T12:00:00.000Z'],
    ['2026-03-01 12:00:00.5 UTC', 'Asia/Tokyo', '2026-03-01T12:00:00.500Z'],
    ['1772366400', null, '2026-03-01T12:00:00.000Z'],
    ['1772366400123', null, '2026-03-01T12:00:00.123Z'],
    ['2026-03-01 12:00', 'Europe/Berlin', '2026-03-01T11:00:00.000Z'],
    ['2026-07-01 12:00', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['2026-07-01', 'America/New_York', '2026-07-01T04:00:00.000Z'],
    ['2026-07-01T12:00:00', '+05:45', '2026-07-01T06:15:00.000Z'],
    // a time that states no zone is not guessed
    ['2026-03-01 12:00:00', null, 'TIME_ZONE_MISSING'],
    // when clocks go back an hour happens twice, when they go forward one never does
    ['2026-10-25 02:30:00', 'Europe/Berlin', 'TIME_AMBIGUOUS'],
    ['2026-10-25 03:00:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
    ['2026-03-29 02:30:00', 'Europe/Berlin', 'TIME_NEVER'],
    ['2026-03-29 03:00:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
    ['2026-02-31 12:00:00Z', null, 'TIME_UNREADABLE'],
    ['2026-13-01 12:00:00Z', null, 'TIME_UNREADABLE'],
    ['2026-01-01 25:00:00Z', null, 'TIME_UNREADABLE'],
    ['01/02/2026', 'UTC', 'TIME_UNREADABLE'],
    ['yesterday', 'UTC', 'TIME_UNREADABLE'],
    ['1970-01-01T00:00:00Z', null, 'TIME_OUT_OF_RANGE'],
  ])('%s in %s', (text, zone, expected) => {
    expect(said(text, zone)).toBe(expected);
  });

  it.each(['Mars/Olympus', '+25:00', '', '42', 'constructor'])('knows no zone %s', (name) => {
    expect(zoneOf(name)).toBeNull();
  });
});

describe('columns', () => {
  const place = (mapping: string, headings: string[]) => {
    const read = readMapping(mapping);
    const placed = read.ok ? placeColumns(read.value, headings) : read;
    return placed.ok ? placed.value : placed.refusal.code;
  };

  it('are found by the headings of a preset, where the file has them', () => {
    expect(place('generic', ['model', ' time ', 'x'])).toEqual({
      columns: { time: 'time', model: 'model' },
      places: { time: 1, model: 0 },
    });
  });

  it('are found by what the caller names', () => {
    expect(place('{"time":"When","responseId":"Call"}', ['Call', 'When', 'cost'])).toEqual({
      columns: { time: 'When', responseId: 'Call', cost: 'cost' },
      places: { time: 1, responseId: 0, cost: 2 },
    });
  });

  it.each([
    ['generic', ['at'], 'COLUMN_UNKNOWN'],
    ['{"model":"Modell"}', ['time', 'model'], 'COLUMN_UNKNOWN'],
    ['generic', ['time', 'time'], 'COLUMN_TWICE'],
    ['nothing', ['time'], 'MAPPING_INVALID'],
    ['{"when":"time"}', ['time'], 'MAPPING_INVALID'],
    ['{"preset":"toString"}', ['time'], 'MAPPING_INVALID'],
    ['[]', ['time'], 'MAPPING_INVALID'],
  ])('%s over %j is refused', (mapping, headings, code) => {
    expect(place(mapping, headings)).toBe(code);
  });
});

describe('a row', () => {
  const places = { time: 0, responseId: 1, inputTokens: 2, outputTokens: 3, cost: 4, model: 5 };
  const read = (...changed: [number, string][]) => {
    const fields = ['2026-03-01T12:00:00Z', 'r-1', '5', '7', '0.0125', 'nano'];
    for (const [at, text] of changed) fields[at] = text;
    return readRow(fields, 6, places, null);
  };

  it('is the call that it bills', () => {
    expect(read()).toEqual({
      call: {
        at: new Date('2026-03-01T12:00:00Z'),
        responseId: 'r-1',
        inputTokens: 5,
        outputTokens: 7,
        cost: '0.0125',
        model: 'nano',
        project: null,
      },
    });
  });

  it('states nothing where a field is empty, and zero where it says zero', () => {
    expect(read([1, ' '], [2, ''], [3, '0'])).toMatchObject({ call: { responseId: null, inputTokens: null, outputTokens: 0 } });
  });

  it.each<[[number, string], string]>([
    [[0, ''], 'TIME_MISSING'],
    [[0, 'soon'], 'TIME_UNREADABLE'],
    [[2, '-5'], 'TOKENS_UNREADABLE'],
    [[3, '1,000'], 'TOKENS_UNREADABLE'],
    [[2, '1e3'], 'TOKENS_UNREADABLE'],
    [[2, '9'.repeat(16)], 'TOKENS_UNREADABLE'],
    [[4, '=SUM(A1)'], 'COST_UNREADABLE'],
    [[1, 'r\u0000'], 'TEXT_UNREADABLE'],
    [[5, 'x'.repeat(501)], 'TEXT_TOO_LONG'],
  ])('%j is a problem', (change, problem) => {
    expect(read(change)).toEqual({ problem });
  });

  it('of another length is a problem', () => {
    expect(readRow(['2026-03-01T12:00:00Z'], 6, places, null)).toEqual({ problem: 'COLUMN_COUNT' });
  });
});
