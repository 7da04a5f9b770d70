import fc from 'fast-check';
import type { AttemptId } from '@imprimatur/kernel';
import { type Decision, matchByResponseId, matchByTime, mayBe, type TimedCall, type TimedRow, tokensEqual } from './reconciliation.rules';

const WINDOW = 10;

async function decide(rows: readonly TimedRow[], calls: readonly TimedCall[]): Promise<Decision[]> {
  async function* ordered<T>(all: readonly T[], key: (each: T) => number): AsyncGenerator<T> {
    yield* [...all].sort((a, b) => key(a) - key(b));
  }
  const decisions: Decision[] = [];
  for await (const each of matchByTime(
    ordered(rows, ({ at }) => at),
    ordered(calls, ({ began }) => began),
    WINDOW,
  ))
    decisions.push(each);
  return decisions;
}

/** The rule as it is said, each row beside each call: the oracle. */
function asSaid(rows: readonly TimedRow[], calls: readonly TimedCall[]): Decision[] {
  const callsOf = (row: TimedRow): TimedCall[] => calls.filter((call) => mayBe(row, call, WINDOW));
  const rowsOf = (call: TimedCall): TimedRow[] => rows.filter((row) => mayBe(row, call, WINDOW));
  const ofRows = rows.flatMap((row): Decision[] => {
    const [call, ...more] = callsOf(row);
    if (!call) return [];
    if (more.length > 0) return [{ kind: 'ambiguous', position: row.position, attempt: null }];
    const isSure = rowsOf(call).length === 1 && tokensEqual(row, call);
    const { position } = row;
    if (isSure) return [{ kind: 'explained', position, attempt: call.attempt, basis: 'time-and-tokens' }];
    return [{ kind: 'ambiguous', position, attempt: call.attempt }];
  });
  const missing = calls.filter((call) => rowsOf(call).length === 0);
  return [...ofRows, ...missing.map(({ attempt }): Decision => ({ kind: 'missing-from-bill', attempt }))];
}

const words = (decisions: readonly Decision[]): string[] => decisions.map((each) => JSON.stringify(each, Object.keys(each).sort())).sort();

const tokens = fc.option(fc.integer({ min: 0, max: 2 }), { nil: null, freq: 4 });
const facts = { hasResponseId: fc.boolean(), inputTokens: tokens, outputTokens: tokens };
const rowsOf = (maximum: number) =>
  fc
    .array(fc.record({ at: fc.integer({ min: 0, max: maximum }), ...facts }), { maxLength: 12 })
    .map((rows) => rows.map((row, at): TimedRow => ({ position: at + 1, ...row })));
const callsOf = (maximum: number) =>
  fc
    .array(fc.record({ began: fc.integer({ min: 0, max: maximum }), took: fc.integer({ min: 0, max: 40 }), ...facts }), { maxLength: 12 })
    .map((calls) =>
      calls.map(({ took, ...call }, at): TimedCall => ({ attempt: `a${at}` as AttemptId, ended: call.began + took, ...call })),
    );

const row = (more: Partial<TimedRow> = {}): TimedRow => ({
  position: 1,
  at: 100,
  hasResponseId: false,
  inputTokens: 5,
  outputTokens: 7,
  ...more,
});
const call = (more: Partial<TimedCall> = {}): TimedCall => ({
  attempt: 'a' as AttemptId,
  began: 100,
  ended: 100,
  hasResponseId: true,
  inputTokens: 5,
  outputTokens: 7,
  ...more,
});

describe('matching by time and tokens', () => {
  it.each([[60], [400]])('decides as the rule is said, over %i milliseconds', async (span) => {
    await fc.assert(
      fc.asyncProperty(rowsOf(span), callsOf(span), async (rows, calls) => {
        expect(words(await decide(rows, calls))).toEqual(words(asSaid(rows, calls)));
      }),
      { numRuns: 1_500 },
    );
  });

  it('lets a call explain one row at most, and decides about each row once', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(50), callsOf(50), async (rows, calls) => {
        const decisions = await decide(rows, calls);
        const attempts = decisions.flatMap((each) =>
          each.kind === 'explained' || each.kind === 'missing-from-bill' ? [each.attempt] : [],
        );
        expect(new Set(attempts).size).toBe(attempts.length);
        const positions = decisions.flatMap((each) => (each.kind === 'missing-from-bill' ? [] : [each.position]));
        expect(new Set(positions).size).toBe(positions.length);
      }),
    );
  });

  it.each<[string, TimedRow[], TimedCall[], string[]]>([
    ['the same counts at the same time', [row()], [call()], ['explained']],
    ['at the end of a long call', [row({ at: 210 })], [call({ ended: 200 })], ['explained']],
    ['just outside the window', [row({ at: 111 })], [call()], ['missing-from-bill']],
    ['other counts', [row({ outputTokens: 8 })], [call()], ['missing-from-bill']],
    ['a response id that no call has, beside a call with another', [row({ hasResponseId: true })], [call()], ['missing-from-bill']],
    [
      'a response id, beside a call that nobody heard the end of',
      [row({ hasResponseId: true })],
      [call({ hasResponseId: false })],
      ['explained'],
    ],
    ['no counts', [row({ inputTokens: null, outputTokens: null })], [call()], ['ambiguous']],
    ['a call whose counts nobody knows', [row()], [call({ inputTokens: null, outputTokens: null })], ['ambiguous']],
    ['two calls alike', [row()], [call(), call({ attempt: 'b' as AttemptId })], ['ambiguous']],
    ['two rows alike and one call: one of them went past us', [row(), row({ position: 2 })], [call()], ['ambiguous', 'ambiguous']],
  ])('%s', async (_name, rows, calls, kinds) => {
    expect((await decide(rows, calls)).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('holds the calls around one moment, not the rows: a million of them at one time', async () => {
    async function* rows(): AsyncGenerator<TimedRow> {
      for (let position = 1; position <= 1_000_000; position += 1) yield row({ position });
    }
    async function* calls(): AsyncGenerator<TimedCall> {
      for (let at = 0; at < 500; at += 1) yield call({ attempt: `a${at}` as AttemptId });
    }
    const before = process.memoryUsage().heapUsed;
    let [ambiguous, most] = [0, 0];
    for await (const { kind } of matchByTime(rows(), calls(), WINDOW)) {
      if (kind === 'ambiguous') ambiguous += 1;
      if (ambiguous % 100_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(ambiguous).toBe(1_000_000);
    expect(most).toBeLessThan(200 * 1024 * 1024);
  });
});

describe('matching by response id', () => {
  async function* ordered<T extends { readonly responseId: string }>(all: readonly T[]): AsyncGenerator<T> {
    yield* all.toSorted((a, b) => Buffer.compare(Buffer.from(a.responseId), Buffer.from(b.responseId)));
  }
  async function pair(rows: readonly string[], calls: readonly string[]): Promise<string[]> {
    const said: string[] = [];
    const decisions = matchByResponseId(
      ordered(rows.map((responseId, at) => ({ position: at, responseId }))),
      ordered(calls.map((responseId, at) => ({ attempt: `a${at}` as AttemptId, responseId }))),
    );
    for await (const each of decisions) said.push(`${each.position} ${'attempt' in each ? (each.attempt ?? '') : each.kind}`);
    return said;
  }

  it.each<[string, string[], string[], string[]]>([
    ['pairs equal ids', ['b', 'a'], ['a', 'b'], ['1 a0', '0 a1']],
    ['leaves others alone', ['b', 'd'], ['a', 'c', 'e'], []],
    ['calls a further row billed twice', ['a', 'a', 'a'], ['a', 'a'], ['0 a0', '1 a1', '2 billed-twice']],
    ['knows no case and no prefix', ['A', 'aa'], ['a'], []],
  ])('%s', async (_name, rows, calls, expected) => {
    expect(await pair(rows, calls)).toEqual(expected);
  });

  it('pairs each id as often as both sides have it', async () => {
    // '\uffff' and '𝛑' stand otherwise in UTF-16 than in UTF-8
    const ids = fc.array(fc.constantFrom('a', 'b', 'é', '\uffff', '𝛑'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(ids, ids, async (rows, calls) => {
        const decisions = await pair(rows, calls);
        const of = (all: readonly string[], id: string): number => all.filter((each) => each === id).length;
        const paired = [...new Set(rows)].reduce((sum, id) => sum + Math.min(of(rows, id), of(calls, id)), 0);
        expect(decisions.filter((each) => !each.endsWith('billed-twice'))).toHaveLength(paired);
        expect(decisions).toHaveLength(rows.filter((id) => calls.includes(id)).length);
      }),
    );
  });
});
