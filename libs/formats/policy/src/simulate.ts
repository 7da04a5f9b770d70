import type { VerdictOutcome } from '@imprimatur/kernel';
import { decide, type Decision } from './decide.js';
import type { PreparedBundle } from './prepare.js';
import type { Question } from './question.js';
import { readQuestion } from './question.read.js';

/** A question that was asked once, as the evidence of its verdict keeps it. */
export interface PastQuestion {
  /** Whatever the question was about, for examples: an item's id. */
  readonly id: string;
  readonly at: Date;
  /** `{ question, roles, facts }`. */
  readonly asked: unknown;
}

/** Questions that came out the same two ways under the two bundles. */
export interface SimulationCell {
  readonly question: Question;
  readonly from: VerdictOutcome;
  readonly to: VerdictOutcome;
  readonly count: number;
  /** Ids of the first of them. */
  readonly examples: readonly string[];
  /** Rules that apply under one bundle only, `+rule` the newer and `-rule` the older, with how often. */
  readonly rules: Readonly<Record<string, number>>;
}

/** What two bundles say to the same questions; JSON. */
export interface SimulationTally {
  readonly questions: number;
  /** Questions that these bundles cannot be asked: erased since, or asked by an older service. */
  readonly notComparable: number;
  /** ISO times of the first and last question; null: there was none. */
  readonly first: string | null;
  readonly last: string | null;
  readonly cells: readonly SimulationCell[];
}

export const EMPTY_TALLY: SimulationTally = { questions: 0, notComparable: 0, first: null, last: null, cells: [] };
export const EXAMPLES_MAX = 5;
const DAY_MS = 86_400_000;

/** Asks both bundles every question. Facts are taken as they were found then: other word lists find nothing anew. */
export function simulate(from: PreparedBundle, to: PreparedBundle, past: Iterable<PastQuestion>): SimulationTally {
  let tally = EMPTY_TALLY;
  for (const each of past) tally = mergeTallies(tally, tallyOf(from, to, each));
  return tally;
}

function tallyOf(from: PreparedBundle, to: PreparedBundle, { id, at, asked }: PastQuestion): SimulationTally {
  const time = { first: at.toISOString(), last: at.toISOString() };
  const { question } = readQuestion(asked);
  if (question === null) return { questions: 1, notComparable: 1, ...time, cells: [] };
  const cell = cellOf(question.question, answerOf(decide(from, question)), answerOf(decide(to, question)), { count: 1, examples: [id] });
  return { questions: 1, notComparable: 0, ...time, cells: [cell] };
}

/** A decision as far as two bundles are compared by it. */
export interface BundleAnswer {
  readonly outcome: VerdictOutcome;
  readonly rules: readonly string[];
}

export function answerOf({ outcome, findings }: Decision): BundleAnswer {
  return { outcome, rules: findings.map(({ rule }) => rule) };
}

/** The cell of `count` questions that both bundles answered like this. */
export function cellOf(
  question: Question,
  from: BundleAnswer,
  to: BundleAnswer,
  { count, examples }: Pick<SimulationCell, 'count' | 'examples'>,
): SimulationCell {
  const rules = Object.fromEntries([
    ...to.rules.filter((rule) => !from.rules.includes(rule)).map((rule): [string, number] => [`+${rule}`, count]),
    ...from.rules.filter((rule) => !to.rules.includes(rule)).map((rule): [string, number] => [`-${rule}`, count]),
  ]);
  return { question, from: from.outcome, to: to.outcome, count, examples: examples.slice(0, EXAMPLES_MAX), rules };
}

/** Both together; examples of the first come first. */
export function mergeTallies(one: SimulationTally, other: SimulationTally): SimulationTally {
  const cells = new Map(one.cells.map((cell) => [keyOf(cell), cell]));
  for (const cell of other.cells) {
    const known = cells.get(keyOf(cell));
    cells.set(keyOf(cell), known ? mergeCells(known, cell) : cell);
  }
  const times = [one.first, one.last, other.first, other.last].filter((time) => time !== null).sort();
  return {
    questions: one.questions + other.questions,
    notComparable: one.notComparable + other.notComparable,
    first: times[0] ?? null,
    last: times.at(-1) ?? null,
    cells: [...cells.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  };
}

const keyOf = ({ question, from, to }: SimulationCell): string => `${question} ${from} ${to}`;

function mergeCells(one: SimulationCell, other: SimulationCell): SimulationCell {
  const rules: Record<string, number> = { ...one.rules };
  for (const [rule, count] of Object.entries(other.rules)) rules[rule] = (rules[rule] ?? 0) + count;
  return {
    ...one,
    count: one.count + other.count,
    examples: [...one.examples, ...other.examples].slice(0, EXAMPLES_MAX),
    rules,
  };
}

/** Reviews that the holds of each bundle would have cost a day, over the days from the first question to the last; one day at least. */
export function reviewsPerDay({ first, last, cells }: SimulationTally): { readonly from: number; readonly to: number } {
  const days = first === null || last === null ? 1 : Math.max(1, (Date.parse(last) - Date.parse(first)) / DAY_MS);
  const holds = (side: 'from' | 'to'): number =>
    cells.filter((cell) => cell.question !== 'Export' && cell[side] === 'hold').reduce((sum, { count }) => sum + count, 0);
  return { from: holds('from') / days, to: holds('to') / days };
}
