import {
  EMPTY_TALLY,
  mergeTallies,
  type PastQuestion,
  prepare,
  type PreparedBundle,
  reviewsPerDay,
  simulate,
  type SimulationCell,
  type SimulationTally,
} from '@imprimatur/formats/policy';
import { Command } from 'commander';
import { plural } from '../plural.js';
import { loadFolder } from './bundle.folder.js';
import { openEngine } from './policy.engine.js';
import { print, printJson, tellFaulty } from './policy.output.js';
import { readQuestions } from './question.file.js';

interface Options {
  readonly questions: string;
  readonly json?: boolean;
}

/** Questions per step: a file may hold more than memory does. */
const STEP = 1_000;

const DETAILS = `
Asks both bundles every question of the file, and tells how many would come out otherwise, from what to what, by which rules (+ the newer's, - the
older's), with examples, and how many reviews a day the holds of each cost. Facts are taken as they were found then: new word lists find nothing.

The file: lines of JSON, { "id", "at", "asked": { "question", "roles", "facts" } }, as the service hands them out to policy administrators:
  curl -H "authorization: Bearer $IMPRIMATUR_TOKEN" "$URL/policy-questions?from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z" > questions.ndjson

Exit codes: 0 told, changes or none; 1 one of the bundles is faulty; 2 a bundle or the file could not be read.

Example:
  imprimatur policy simulate policies/starter policies/ours --questions questions.ndjson
`;

export function simulateCommand(done: (exitCode: number) => void): Command {
  return new Command('simulate')
    .summary('ask two bundles what was asked before, and tell what changes')
    .description('Compares the answers of two bundles to past questions.')
    .argument('<OLD>', 'folder of the older bundle')
    .argument('<NEW>', 'folder of the newer bundle')
    .requiredOption('--questions <FILE>', 'the questions, lines of JSON')
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (from: string, to: string, options: Options) => done(await run(from, to, options)));
}

async function run(from: string, to: string, { questions, json = false }: Options): Promise<number> {
  const engine = await openEngine();
  const before = await loadFolder(from, engine);
  if (before.problems !== null) return tellFaulty(from, before.problems, json);
  const after = await loadFolder(to, engine);
  if (after.problems !== null) return tellFaulty(to, after.problems, json);
  const [older, newer] = [prepare(before.bundle, engine.cedar), prepare(after.bundle, engine.cedar)];
  const tally = await askAll(older, newer, readQuestions(questions));
  const reviews = reviewsPerDay(tally);
  const words = wordsOf(older, newer, tally);
  if (json) printJson({ outcome: 'done', words, from: older.ref.hash, to: newer.ref.hash, ...tally, reviewsPerDay: reviews });
  else print([...changed(tally).flatMap(lines), words, `reviews a day: ${tenths(reviews.from)} -> ${tenths(reviews.to)}`]);
  return 0;
}

async function askAll(older: PreparedBundle, newer: PreparedBundle, questions: AsyncIterable<PastQuestion>): Promise<SimulationTally> {
  let tally = EMPTY_TALLY;
  let step: PastQuestion[] = [];
  for await (const question of questions) {
    step.push(question);
    if (step.length < STEP) continue;
    tally = mergeTallies(tally, simulate(older, newer, step));
    step = [];
  }
  return mergeTallies(tally, simulate(older, newer, step));
}

/** Cells in which something is otherwise: the outcome, or the rules behind it. */
function changed({ cells }: SimulationTally): readonly SimulationCell[] {
  return cells.filter(({ from, to, rules }) => from !== to || Object.keys(rules).length > 0);
}

function lines({ question, from, to, count, examples, rules }: SimulationCell): readonly string[] {
  const byRule = Object.entries(rules).map(([rule, times]) => `    ${rule}: ${times}`);
  return [
    `${question}: ${from === to ? `${from}, for other reasons` : `${from} -> ${to}`}: ${count}`,
    ...byRule,
    `    such as ${examples.join(', ')}`,
  ];
}

function wordsOf({ ref: older }: PreparedBundle, { ref: newer }: PreparedBundle, tally: SimulationTally): string {
  const otherwise = tally.cells.filter(({ from, to }) => from !== to).reduce((sum, { count }) => sum + count, 0);
  const unasked = tally.notComparable === 0 ? '' : `, ${tally.notComparable} of them could not be asked`;
  return `${older.name} ${older.version} -> ${newer.name} ${newer.version}: ${otherwise} of ${plural(tally.questions, 'question')} would come out otherwise${unasked}.`;
}

const tenths = (value: number): string => (Math.round(value * 10) / 10).toString();
