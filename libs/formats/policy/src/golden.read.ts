import { z } from 'zod';
import { VERDICT_OUTCOMES } from '@imprimatur/kernel';
import { isEveryFileRead } from './bundle.rules.js';
import type { BundleFiles, BundleProblem } from './bundle.files.js';
import type { Rule } from './bundle.types.js';
import type { GoldenCase } from './golden.types.js';
import { QUESTIONS } from './question.js';
import { readQuestion } from './question.read.js';
import { readYaml, readYamlFile } from './yaml.read.js';

const BASELINE = 'tests/baseline.yaml';
const someFacts = z.record(z.string(), z.unknown());
/** `tests/baseline.yaml`: a harmless turn, per question, that every case changes in as little as it can. */
const baseline = z.strictObject({ roles: z.array(z.string()), EditTurn: someFacts, AutoRelease: someFacts, Export: someFacts });

const example = z.strictObject({
  name: z.string().trim().min(1),
  question: z.enum(QUESTIONS),
  roles: z.array(z.string()).optional(),
  facts: someFacts.default({}),
  /** Rules that apply besides the one in question. */
  also: z.array(z.string()).default([]),
  outcome: z.enum(VERDICT_OUTCOMES).optional(),
  met: z.array(z.string()).default([]),
  reason: z.string().optional(),
});
/** `tests/*.golden.yaml`: per rule its hits and its misses. */
const goldenFile = z.strictObject({ rules: z.record(z.string(), z.strictObject({ hit: z.array(example), miss: z.array(example) })) });

type Example = z.output<typeof example>;
type Baseline = z.output<typeof baseline>;

/** Reads `tests/`, and demands a hit and a miss of every rule. */
export function readGoldens(files: BundleFiles, rules: readonly Rule[], problems: BundleProblem[]): readonly GoldenCase[] {
  const base = readYaml(files, BASELINE, baseline, problems);
  if (base === null) return [];
  const ids = new Map(rules.map((rule) => [rule.id, rule]));
  const cases: GoldenCase[] = [];
  for (const file of Object.keys(files)
    .filter((path) => path.startsWith('tests/') && path !== BASELINE)
    .sort()) {
    const read = readYamlFile(files, file, goldenFile, problems);
    for (const [id, both] of Object.entries(read?.value.rules ?? {})) {
      const lineOf = (...path: readonly (string | number)[]): number => read?.lineOf(['rules', id, ...path]) ?? 1;
      const rule = ids.get(id);
      if (rule === undefined) {
        if (isEveryFileRead(problems))
          problems.push({ code: 'RULE_UNKNOWN', where: `${file}, rules.${id}`, line: lineOf(), message: 'no rule has this @id' });
        continue;
      }
      for (const kind of ['hit', 'miss'] as const) {
        for (const [at, each] of both[kind].entries()) {
          const one = toCase({ file, rule, kind, each, base, line: lineOf(kind, at) }, problems);
          if (one !== null) cases.push(one);
        }
      }
    }
  }
  demandBoth(rules, cases, problems);
  return cases;
}

function demandBoth(rules: readonly Rule[], cases: readonly GoldenCase[], problems: BundleProblem[]): void {
  for (const rule of rules) {
    for (const kind of ['hit', 'miss'] as const) {
      if (cases.some((each) => each.rule === rule.id && each.kind === kind)) continue;
      problems.push({
        code: 'RULE_UNTESTED',
        where: `${rule.file}, ${rule.id}`,
        line: rule.line,
        message: `no golden test shows a ${kind}`,
      });
    }
  }
}

interface Told {
  readonly file: string;
  readonly rule: Rule;
  readonly kind: 'hit' | 'miss';
  readonly each: Example;
  readonly base: Baseline;
  readonly line: number;
}

function toCase({ file, rule, kind, each, base, line }: Told, problems: BundleProblem[]): GoldenCase | null {
  const where = `${file}, rules.${rule.id}, ${each.name}`;
  const complain = (message: string): null => {
    problems.push({ code: 'GOLDEN_INVALID', where, line, message });
    return null;
  };
  const { question: asked, complaints } = readQuestion({
    question: each.question,
    roles: each.roles ?? base.roles,
    facts: merge(base[each.question], each.facts),
  });
  if (asked === null) {
    complaints.forEach(complain);
    return null;
  }
  if (!rule.questions.includes(each.question)) return complain(`the rule is not asked in ${each.question}`);
  return {
    file,
    rule: rule.id,
    kind,
    name: each.name,
    line,
    asked,
    expected: {
      outcome: each.outcome ?? (kind === 'hit' ? rule.outcome : 'pass'),
      rules: [...(kind === 'hit' ? [rule.id] : []), ...each.also].sort(),
      met: each.met,
      reason: each.reason ?? null,
    },
  };
}

/** The case's facts over the baseline's; scores one by one. */
function merge(base: Readonly<Record<string, unknown>>, over: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null;
  const { scores } = base;
  const mine = over['scores'];
  const scoresTogether: unknown = isRecord(scores) && isRecord(mine) ? { ...scores, ...mine } : (mine ?? scores);
  return { ...base, ...over, ...(scoresTogether === undefined ? {} : { scores: scoresTogether }) };
}
