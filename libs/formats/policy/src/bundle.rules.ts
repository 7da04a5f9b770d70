import type { ActionConstraint, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { BundleFiles, BundleProblem, BundleProblemCode } from './bundle.files.js';
import { RULE_OUTCOMES, type Rule } from './bundle.types.js';
import type { Manifest } from './bundle.data.js';
import { engineErrors, firstByteOf, type Cedar } from './cedar.js';
import { readConditions } from './condition.js';
import { GATES, QUESTIONS, type Question } from './question.js';
import { lineAtByte, lineAtUnit } from './text.lines.js';

const ANNOTATIONS = ['id', 'outcome', 'gate', 'reason', 'citation', 'remedy'] as const;
const KNOWN = new Set<string>([...ANNOTATIONS, 'queue']);
const RULE_ID = /^[a-z0-9]+([.-][a-z0-9]+)*$/;

/**
 * Reads `rules/*.cedar`. Rules are keyed by `@id` here, because Cedar itself would name them policy0, policy1. Without a manifest, which is
 * then another problem, every rule counts as enforced.
 */
export function readRules(files: BundleFiles, manifest: Manifest | null, cedar: Cedar, problems: BundleProblem[]): readonly Rule[] {
  const rules: Rule[] = [];
  const taken = new Map<string, string>();
  for (const file of Object.keys(files)
    .filter((path) => path.startsWith('rules/'))
    .sort()) {
    for (const place of split(file, files[file] ?? '', cedar, problems)) {
      const rule = readRule(place, manifest, cedar, problems);
      if (rule === null) continue;
      const { id, line } = rule;
      const other = taken.get(id);
      if (other !== undefined) {
        problems.push({ code: 'RULE_ID_DUPLICATE', where: `${file}, ${id}`, line, message: `the same @id stands in ${other}` });
      }
      taken.set(id, `${file}:${line}`);
      rules.push(rule);
    }
  }
  // what stands in a file that could not be read is not unknown
  const named = isEveryFileRead(problems) ? Object.keys(manifest?.modes.rules ?? {}) : [];
  for (const id of named.filter((each) => !taken.has(each))) {
    problems.push({ code: 'RULE_UNKNOWN', where: `bundle.yaml, modes.rules.${id}`, message: 'no rule has this @id' });
  }
  return rules;
}

/** Whether every rule that the bundle has is known: else nothing can be said of names that are not. */
export function isEveryFileRead(problems: readonly BundleProblem[]): boolean {
  return !problems.some(({ code }) => code === 'RULE_UNPARSABLE');
}

/** The text of one rule, and where it stands. */
interface Place {
  readonly file: string;
  /** The how manieth rule of its file, from 1. */
  readonly at: number;
  readonly line: number;
  readonly text: string;
}

function split(file: string, text: string, cedar: Cedar, problems: BundleProblem[]): readonly Place[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') {
    const line = lineAtByte(text, firstByteOf(parts.errors));
    problems.push({ code: 'RULE_UNPARSABLE', where: file, line, message: engineErrors(parts.errors) });
    return [];
  }
  if (parts.policy_templates.length > 0) {
    problems.push({ code: 'RULE_NOT_FORBID', where: file, message: 'templates (?principal, ?resource) are not rules of a bundle' });
  }
  return inOrder(parts.policies, text).map(({ policy, begins }, at) => ({
    file,
    at: at + 1,
    line: lineAtUnit(text, begins),
    text: policy,
  }));
}

/** Cedar hands policies over in the order of its own names (policy0, policy1, policy10): here as they stand in the text. */
function inOrder(policies: readonly string[], text: string): readonly { readonly policy: string; readonly begins: number }[] {
  const after = new Map<string, number>();
  return policies
    .map((policy) => {
      const begins = Math.max(text.indexOf(policy, after.get(policy) ?? 0), 0);
      after.set(policy, begins + policy.length); // the same text may stand there twice
      return { policy, begins };
    })
    .sort((a, b) => a.begins - b.begins);
}

function readRule({ file, at, line, text }: Place, manifest: Manifest | null, cedar: Cedar, problems: BundleProblem[]): Rule | null {
  const parsed = cedar.policyToJson(text);
  if (parsed.type === 'failure') {
    problems.push({ code: 'RULE_UNPARSABLE', where: `${file}, rule ${at}`, line, message: engineErrors(parsed.errors) });
    return null;
  }
  const { json } = parsed;
  const notes = json.annotations ?? {};
  const id = notes['id'] ?? '';
  const where = `${file}, ${id === '' ? `rule ${at}` : id}`;
  const found = [...problemsOfAnnotations(notes), ...problemsOfShape(json)];
  for (const [code, message] of found) problems.push({ code, where, line, message });
  const outcome = RULE_OUTCOMES.find((each) => each === notes['outcome']);
  const gate = GATES.find((each) => each === notes['gate']);
  if (found.length > 0 || outcome === undefined || gate === undefined) return null;
  return {
    id,
    file,
    line,
    outcome,
    gate,
    reason: notes['reason'] ?? '',
    citation: notes['citation'] ?? '',
    remedy: notes['remedy'] ?? '',
    queue: notes['queue'] ?? null,
    mode: manifest?.modes.rules[id] ?? manifest?.modes.default ?? 'enforce',
    questions: questionsOf(json.action),
    condition: readConditions(json.conditions),
    text,
    json,
  };
}

type Complaint = readonly [BundleProblemCode, string];

function problemsOfAnnotations(notes: Readonly<Record<string, string>>): readonly Complaint[] {
  const missing = ANNOTATIONS.filter((name) => (notes[name] ?? '').trim() === '').map((name): Complaint => [
    'RULE_ANNOTATION_MISSING',
    `@${name} is missing or empty`,
  ]);
  const wrong: [boolean, string][] = [
    [notes['id'] !== undefined && !RULE_ID.test(notes['id']), `@id must be lower-case words joined by dots or hyphens`],
    [
      notes['outcome'] !== undefined && !(RULE_OUTCOMES as readonly string[]).includes(notes['outcome']),
      `@outcome is one of ${RULE_OUTCOMES.join(', ')}`,
    ],
    [notes['gate'] !== undefined && !(GATES as readonly string[]).includes(notes['gate']), `@gate is one of ${GATES.join(', ')}`],
    [notes['outcome'] !== 'hold' && notes['queue'] !== undefined, `@queue belongs to @outcome("hold") only`],
    ...Object.keys(notes).map((name): [boolean, string] => [!KNOWN.has(name), `@${name} is not known`]),
  ];
  const noQueue: readonly Complaint[] =
    notes['outcome'] === 'hold' && (notes['queue'] ?? '') === ''
      ? [['RULE_ANNOTATION_MISSING', '@queue is missing: a hold must wait somewhere']]
      : [];
  return [...missing, ...noQueue, ...wrong.filter(([is]) => is).map(([, message]): Complaint => ['RULE_ANNOTATION_INVALID', message])];
}

function problemsOfShape(json: PolicyJson): readonly Complaint[] {
  const complaints: Complaint[] = [];
  // The engine permits everything by itself and roles are CASL's: a permit here could only be read as weakening another rule.
  if (json.effect !== 'forbid') complaints.push(['RULE_NOT_FORBID', 'a rule of a bundle is a forbid; everything not forbidden passes']);
  if (json.conditions.length === 0) complaints.push(['RULE_INVALID', 'a rule needs a condition (when or unless)']);
  return complaints;
}

/** The questions that a rule's action constraint names; all of them for `action`. */
export function questionsOf(action: ActionConstraint): readonly Question[] {
  if (action.op === 'All') return QUESTIONS;
  const references = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  const names = references.map((reference) => ('__entity' in reference ? reference.__entity.id : reference.id));
  return QUESTIONS.filter((question) => names.includes(question));
}
