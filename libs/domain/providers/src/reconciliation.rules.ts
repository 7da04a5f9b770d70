import type { AttemptId } from '@imprimatur/kernel';

/** A billed row, as far as matching by time needs it. */
export interface TimedRow {
  readonly position: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** It names a response, and no call of ours has that one. */
  readonly hasResponseId: boolean;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** A call of ours that no response id explains a row with. */
export interface TimedCall {
  readonly attempt: AttemptId;
  readonly began: number;
  /** At or after `began`; `began` where nobody knows. */
  readonly ended: number;
  readonly hasResponseId: boolean;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** What became of a row. Rows that are not mentioned are unexplained. */
export type RowDecision =
  | {
      readonly kind: 'explained';
      readonly position: number;
      readonly attempt: AttemptId;
      readonly basis: 'response-id' | 'time-and-tokens';
    }
  /** `attempt`: the only call that it could be; null: there are several. */
  | { readonly kind: 'ambiguous'; readonly position: number; readonly attempt: AttemptId | null }
  /** A further row of a response that is explained already: no other call, and not explained. */
  | { readonly kind: 'billed-twice'; readonly position: number };

export type Decision = RowDecision | { readonly kind: 'missing-from-bill'; readonly attempt: AttemptId };

export interface NamedRow {
  readonly position: number;
  readonly responseId: string;
}

export interface NamedCall {
  readonly attempt: AttemptId;
  readonly responseId: string;
}

/**
 * Explains each row whose response id a call has, whatever its time and counts. Both streams come in the order of the ids' UTF-8 bytes; the
 * same id several times on both sides is paired in order. Nothing is held in memory.
 */
export async function* matchByResponseId(rows: AsyncIterable<NamedRow>, calls: AsyncIterable<NamedCall>): AsyncGenerator<RowDecision> {
  const upcoming = calls[Symbol.asyncIterator]();
  let next = await upcoming.next();
  let paired: string | null = null;
  for await (const { position, responseId } of rows) {
    while (!next.done && compareBytes(next.value.responseId, responseId) < 0) next = await upcoming.next();
    if (!next.done && next.value.responseId === responseId) {
      yield { kind: 'explained', position, attempt: next.value.attempt, basis: 'response-id' };
      paired = responseId;
      next = await upcoming.next();
    } else if (responseId === paired) yield { kind: 'billed-twice', position };
  }
  // to its end, so that whoever reads it for us can close it
  while (!next.done) next = await upcoming.next();
}

function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Whether the row may be the call's: near enough in time, and nothing that both state differs. Two different response ids are two calls. */
export function mayBe(row: TimedRow, call: TimedCall, windowMs: number): boolean {
  return call.began - windowMs <= row.at && row.at <= call.ended + windowMs && agree(row, call);
}

/** Whether both state both counts, and the same ones: without that a row that fits is not explained. */
export function tokensEqual(row: TimedRow, call: TimedCall): boolean {
  const isStated = row.inputTokens !== null && row.outputTokens !== null;
  return isStated && row.inputTokens === call.inputTokens && row.outputTokens === call.outputTokens;
}

function agree(row: TimedRow, call: TimedCall): boolean {
  if (row.hasResponseId && call.hasResponseId) return false;
  if (call.inputTokens === null || call.outputTokens === null) return true;
  return (row.inputTokens ?? call.inputTokens) === call.inputTokens && (row.outputTokens ?? call.outputTokens) === call.outputTokens;
}

/** A call that rows may still come for. */
interface Waiting {
  readonly call: TimedCall;
  readonly until: number;
  /** Rows that may be this call's: 0, 1, or 2 for more. */
  rows: number;
  /** The row that can be nothing else, as long as it is the only one that may be this call's. */
  only: TimedRow | null;
}

/** Calls that no row can tell apart: it may be all of them or none. */
interface Alike {
  readonly sample: TimedCall;
  readonly all: Set<Waiting>;
  /** Those that fewer than two rows came for: a further row changes nothing for the others. */
  readonly open: Set<Waiting>;
}

/**
 * Explains rows by time and tokens, where that is beyond doubt: a row that may be one call only, which no other row may be, with the same
 * counts on both sides. Everything else that fits is ambiguous. `rows` come in the order of `at`, `calls` in the order of `began`; what is
 * held in memory is the calls around one moment, however many rows there are.
 */
export class TimeMatcher {
  private readonly groups = new Map<string, Alike>();
  /** In the order of `until`. */
  private readonly waiting: Waiting[] = [];

  constructor(private readonly windowMs: number) {}

  /** Calls must have arrived before the first row that they may be. */
  addCall(call: TimedCall): void {
    const waiting: Waiting = { call, until: call.ended + this.windowMs, rows: 0, only: null };
    let at = this.waiting.length;
    while (at > 0 && (this.waiting[at - 1]?.until ?? 0) > waiting.until) at -= 1;
    this.waiting.splice(at, 0, waiting);
    const key = groupOf(call);
    const group = this.groups.get(key) ?? { sample: call, all: new Set(), open: new Set() };
    this.groups.set(key, group);
    group.all.add(waiting);
    group.open.add(waiting);
  }

  /** What is certain now: about this row, or about calls and rows before it. */
  addRow(row: TimedRow): readonly Decision[] {
    const decisions = this.expire(row.at);
    // everything that waits is near: what begins later was not added yet, and what ended earlier has expired
    const groups = this.groupsFor(row);
    const candidates = groups.reduce((sum, { all }) => sum + all.size, 0);
    for (const group of groups) {
      for (const waiting of [...group.open]) {
        waiting.rows += 1;
        if (waiting.rows < 2) continue;
        group.open.delete(waiting);
        if (waiting.only) decisions.push(ambiguous(waiting.only, waiting));
        waiting.only = null;
      }
    }
    if (candidates > 1) decisions.push({ kind: 'ambiguous', position: row.position, attempt: null });
    const [single] = candidates === 1 ? groups.flatMap(({ all }) => [...all]) : [];
    if (single && single.rows === 1) single.only = row;
    else if (single) decisions.push(ambiguous(row, single));
    return decisions;
  }

  /** After the last row. */
  end(): readonly Decision[] {
    return this.expire(Infinity);
  }

  private groupsFor(row: TimedRow): readonly Alike[] {
    const { inputTokens, outputTokens } = row;
    if (inputTokens === null || outputTokens === null) return [...this.groups.values()].filter(({ sample }) => agree(row, sample));
    const keys = [false, true].flatMap((hasResponseId) => [
      groupOf({ hasResponseId, inputTokens, outputTokens }),
      groupOf({ hasResponseId, inputTokens: null, outputTokens: null }),
    ]);
    return keys.flatMap((key) => this.groups.get(key) ?? []).filter(({ sample }) => agree(row, sample));
  }

  private expire(now: number): Decision[] {
    const decisions: Decision[] = [];
    let gone = 0;
    for (const waiting of this.waiting) {
      if (waiting.until >= now) break;
      gone += 1;
      this.forget(waiting);
      const { call, only, rows } = waiting;
      if (rows === 0) decisions.push({ kind: 'missing-from-bill', attempt: call.attempt });
      else if (only && tokensEqual(only, call))
        decisions.push({ kind: 'explained', position: only.position, attempt: call.attempt, basis: 'time-and-tokens' });
      else if (only) decisions.push(ambiguous(only, waiting));
    }
    this.waiting.splice(0, gone);
    return decisions;
  }

  private forget(waiting: Waiting): void {
    const key = groupOf(waiting.call);
    const group = this.groups.get(key);
    group?.all.delete(waiting);
    group?.open.delete(waiting);
    if (group?.all.size === 0) this.groups.delete(key);
  }
}

function ambiguous(row: TimedRow, { call }: Waiting): Decision {
  return { kind: 'ambiguous', position: row.position, attempt: call.attempt };
}

function groupOf({ hasResponseId, inputTokens, outputTokens }: Omit<TimedCall, 'attempt' | 'began' | 'ended'>): string {
  const tokens = inputTokens === null || outputTokens === null ? 'unknown' : `${inputTokens}/${outputTokens}`;
  return `${hasResponseId} ${tokens}`;
}

/** Runs the matcher over two ordered streams. */
export async function* matchByTime(
  rows: AsyncIterable<TimedRow>,
  calls: AsyncIterable<TimedCall>,
  windowMs: number,
): AsyncGenerator<Decision> {
  const matcher = new TimeMatcher(windowMs);
  const upcoming = calls[Symbol.asyncIterator]();
  let next = await upcoming.next();
  for await (const row of rows) {
    for (; !next.done && next.value.began - windowMs <= row.at; next = await upcoming.next()) matcher.addCall(next.value);
    yield* matcher.addRow(row);
  }
  yield* matcher.end();
  for (; !next.done; next = await upcoming.next()) yield { kind: 'missing-from-bill', attempt: next.value.attempt };
}
