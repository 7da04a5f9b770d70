import { z } from 'zod';
import { VERDICT_OUTCOMES } from '@imprimatur/kernel';
import { readYaml } from './bundle.data.js';
import type { BundleFiles, BundleProblem } from './bundle.files.js';
import type { Rule } from './bundle.types.js';
import type { GoldenCase } from './golden.types.js';
import { OPERATIONS, QUESTIONS, SOURCE_RIGHTS, type PolicyQuestion } from './question.js';

const BASELINE = 'tests/baseline.yaml';
const count = z.int().min(0);
const score = z.int().min(0).max(1000);

const purpose = { useCase: z.string(), channel: z.string(), territory: z.string() };
const rights = { faces: count, facesWithoutConsent: count, consentScopeMissing: z.array(z.string()), sourceRights: z.enum(SOURCE_RIGHTS) };
const request = {
  operations: z.array(z.enum(OPERATIONS)),
  promptCategories: z.array(z.string()),
  scores: z.strictObject({ promptMax: score, sexual_explicit: score, sexual_suggestive: score }),
  maskOverlapsFace: z.boolean(),
  turnsLastHour: count,
  provider: z.string(),
};
const rendered = { newFaces: count, changedOutsideMaskPermille: z.int().min(0).max(1000) };

/** A question as strictly as the gates ask it: a misspelt or missing fact is refused, not ignored. */
const asked = z.discriminatedUnion('question', [
  z.strictObject({
    question: z.literal('EditTurn'),
    roles: z.array(z.string()),
    facts: z.strictObject({ ...purpose, ...rights, ...request, ...optional(rendered) }),
  }),
  z.strictObject({
    question: z.literal('AutoRelease'),
    roles: z.array(z.string()),
    facts: z.strictObject({ ...purpose, ...rights, ...request, ...rendered }),
  }),
  z.strictObject({
    question: z.literal('Export'),
    roles: z.array(z.string()),
    facts: z.strictObject({ ...purpose, ...rights, ...optional(request), ...optional(rendered), approved: z.boolean() }),
  }),
]);

function optional<S extends z.ZodRawShape>(shape: S): { [K in keyof S]: z.ZodOptional<S[K]> } {
  return z.object(shape).partial().shape;
}

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
    const read = readYaml(files, file, goldenFile, problems);
    for (const [id, { hit, miss }] of Object.entries(read?.rules ?? {})) {
      const rule = ids.get(id);
      if (rule === undefined) {
        problems.push({ code: 'RULE_UNKNOWN', where: `${file}, rules.${id}`, message: 'no rule has this @id' });
        continue;
      }
      for (const each of hit) pushCase(cases, toCase(file, rule, 'hit', each, base, problems));
      for (const each of miss) pushCase(cases, toCase(file, rule, 'miss', each, base, problems));
    }
  }
  demandBoth(rules, cases, problems);
  return cases;
}

function pushCase(cases: GoldenCase[], one: GoldenCase | null): void {
  if (one !== null) cases.push(one);
}

function demandBoth(rules: readonly Rule[], cases: readonly GoldenCase[], problems: BundleProblem[]): void {
  for (const rule of rules) {
    for (const kind of ['hit', 'miss'] as const) {
      if (cases.some((each) => each.rule === rule.id && each.kind === kind)) continue;
      problems.push({ code: 'RULE_UNTESTED', where: `${rule.file}, ${rule.id}`, message: `no golden test shows a ${kind}` });
    }
  }
}

function toCase(
  file: string,
  rule: Rule,
  kind: 'hit' | 'miss',
  each: Example,
  base: Baseline,
  problems: BundleProblem[],
): GoldenCase | null {
  const where = `${file}, rules.${rule.id}, ${each.name}`;
  const complete = asked.safeParse({
    question: each.question,
    roles: each.roles ?? base.roles,
    facts: merge(base[each.question], each.facts),
  });
  if (!complete.success) {
    for (const issue of complete.error.issues) {
      problems.push({ code: 'GOLDEN_INVALID', where, message: `${issue.path.join('.')}: ${issue.message}` });
    }
    return null;
  }
  if (!rule.questions.includes(each.question)) {
    problems.push({ code: 'GOLDEN_INVALID', where, message: `the rule is not asked in ${each.question}` });
    return null;
  }
  return {
    file,
    rule: rule.id,
    kind,
    name: each.name,
    asked: complete.data satisfies PolicyQuestion,
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
