import { join } from 'node:path';
import { fateOf, mutantsOf, runGoldens, type Bundle, type GoldenFailure, type Mutant, type Rule } from '@imprimatur/formats/policy';
import { Command } from 'commander';
import { plural } from '../plural.js';
import { ProgressBar } from '../progress.bar.js';
import { UsageError } from '../usage.error.js';
import { loadFolder } from './bundle.folder.js';
import { openEngine, type Engine } from './policy.engine.js';
import { failureLine, print, printJson, tellFaulty } from './policy.output.js';

interface Options {
  readonly mutate?: boolean;
  readonly rule?: string;
  readonly json?: boolean;
}

/** What became of the small mistakes. */
interface Mutation {
  readonly noticed: number;
  readonly unrunnable: number;
  readonly survivors: readonly Mutant[];
}

const DETAILS = `
Asks every golden test with all rules enforced, also those in shadow or off, and compares outcome, rules, explanation and reason.
With --mutate it then puts one small mistake at a time into each rule (dropped, a limit one off, a condition or a word left out, another
outcome) and demands that one of the rule's own tests notices. A mistake that none notices could be made tomorrow, and nobody would see it.

Exit codes: 0 all passed, and no mistake went unnoticed; 1 a test failed, a mistake survived, or the bundle is faulty; 2 it could not be done.

Examples:
  imprimatur policy test policies/starter
  imprimatur policy test policies/starter --mutate --rule usage.rate-limit
`;

export function testCommand(done: (exitCode: number) => void): Command {
  return new Command('test')
    .summary("run a bundle's golden tests")
    .description('Runs the golden tests of a bundle, and on demand tests the tests.')
    .argument('<DIR>', 'folder of the bundle')
    .option('--mutate', 'also make small mistakes in each rule, which its tests must notice')
    .option('--rule <ID>', 'only the tests (and mistakes) of this rule')
    .option('--json', 'one JSON object as the last line')
    .addHelpText('after', DETAILS)
    .action(async (folder: string, options: Options) => done(await test(folder, options)));
}

async function test(folder: string, { mutate = false, rule, json = false }: Options): Promise<number> {
  const engine = await openEngine();
  const { bundle, problems } = await loadFolder(folder, engine);
  if (problems !== null) return tellFaulty(folder, problems, json);
  const rules = rulesNamed(bundle, rule);
  const goldens = bundle.goldens.filter((golden) => rules.some(({ id }) => id === golden.rule));
  const failures = runGoldens({ ...bundle, goldens }, engine.cedar);
  const passed = goldens.length - failures.length;
  // a rule whose tests fail already would notice anything
  const mutation = mutate && failures.length === 0 ? mutateAll(bundle, rules, engine) : null;
  const isGood = failures.length === 0 && (mutation?.survivors.length ?? 0) === 0;
  if (json) {
    const told = { passed, failed: failures.length, failures: failures.map(failureAsJson), mutants: mutation && mutationAsJson(mutation) };
    printJson({ outcome: isGood ? 'good' : 'bad', hash: bundle.hash, ...told });
  } else {
    print([
      ...failures.map((failure) => failureLine(folder, failure)),
      ...(mutation?.survivors ?? []).map(({ rule: id, change }) => survivorLine(folder, bundle, id, change)),
      ...(mutation === null ? [] : [mutationLine(mutation)]),
      ...(mutate && mutation === null ? ['no mistakes were made: tests fail as it is'] : []),
      `${passed} passed, ${failures.length} failed`,
    ]);
  }
  return isGood ? 0 : 1;
}

function rulesNamed({ rules, manifest }: Bundle, id: string | undefined): readonly Rule[] {
  if (id === undefined) return rules;
  const named = rules.filter((rule) => rule.id === id);
  if (named.length === 0) {
    const near = rules.map((rule) => rule.id).filter((each) => each.includes(id) || id.includes(each));
    throw new UsageError(`${manifest.name} has no rule ${id}${near.length === 0 ? '' : `; near it: ${near.join(', ')}`}`);
  }
  return named;
}

function mutateAll(bundle: Bundle, rules: readonly Rule[], { cedar }: Engine): Mutation {
  const mutants = rules.flatMap((rule) => mutantsOf(bundle, rule, cedar));
  const bar = new ProgressBar('mistakes');
  const fates = mutants.map((mutant) => {
    const fate = fateOf(mutant, bundle, cedar);
    bar.add(1, mutants.length);
    return fate;
  });
  bar.end();
  return {
    noticed: fates.filter((fate) => fate === 'noticed').length,
    unrunnable: fates.filter((fate) => fate === 'unrunnable').length,
    survivors: mutants.filter((_, at) => fates[at] === 'survived'),
  };
}

function survivorLine(folder: string, { rules }: Bundle, id: string, change: string): string {
  const rule = rules.find((each) => each.id === id);
  return `${join(folder, rule?.file ?? 'rules')}:${rule?.line ?? 1}: ${id}: no test of the rule notices that ${change}`;
}

function mutationLine({ noticed, unrunnable, survivors }: Mutation): string {
  const aside = unrunnable === 0 ? '' : `, ${unrunnable} left aside because Cedar cannot evaluate them`;
  return `${plural(noticed + survivors.length, 'mistake')} made: ${noticed} noticed, ${survivors.length} not${aside}`;
}

function failureAsJson({ test: { file, line, rule, kind, name, expected }, actual, differences }: GoldenFailure): object {
  return { file, line, rule, kind, name, expected: { outcome: expected.outcome, rules: expected.rules }, actual, differences };
}

function mutationAsJson({ noticed, unrunnable, survivors }: Mutation): object {
  return { noticed, unrunnable, survived: survivors.map(({ rule, change }) => ({ rule, change })) };
}
