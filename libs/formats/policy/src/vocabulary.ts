import type { BundleData } from './bundle.data.js';
import type { BundleProblem } from './bundle.files.js';
import type { Rule } from './bundle.types.js';
import { DISCLOSURE_KINDS } from './disclosure.js';
import { testsOf, type Literal, type Operand } from './condition.js';
import {
  FACT_PATHS,
  KNOWN_AS,
  LICENSED_USES,
  OPERATIONS,
  ORIGIN_MISMATCHES,
  SOURCE_RESTRICTIONS,
  SOURCE_RIGHTS,
  VENDOR_TERMS,
} from './question.js';

/**
 * Words that rules may compare facts with. Cedar sees only strings: `promptCategories.contains("ip.watermark_removl")` validates,
 * never holds, and lets everything pass. So every literal is looked up here.
 */
export function checkWords(rules: readonly Rule[], data: BundleData, problems: BundleProblem[]): void {
  const words = wordsOf(data);
  const queues = data.queues.map(({ id }) => id);
  for (const rule of rules) {
    const complain = (message: string): void =>
      void problems.push({ code: 'RULE_WORD_UNKNOWN', where: `${rule.file}, ${rule.id}`, line: rule.line, message });
    if (rule.queue !== null && !queues.includes(rule.queue)) complain(`@queue("${rule.queue}") is not in data/queues.yaml`);
    for (const { path, operand } of testsOf(rule.condition)) {
      const known = words[path];
      const strangers = known === undefined ? [] : stringsOf(operand).filter((word) => !known.includes(word));
      for (const word of strangers) complain(`'${word}' is no word for ${path}; known: ${known?.join(', ')}`);
      if ('path' in operand && !isDataOf(operand.path, data)) complain(`context.${operand.path} is neither a fact nor in data/`);
    }
    for (const placeholder of [...placeholdersOf(rule.reason), ...placeholdersOf(rule.remedy)]) {
      if (!(FACT_PATHS as readonly string[]).includes(placeholder)) complain(`{${placeholder}} is no fact`);
    }
  }
}

/** The facts that a reason or a remedy quotes: `{facesWithoutConsent}`. */
export function placeholdersOf(text: string): readonly string[] {
  return [...text.matchAll(/\{([A-Za-z_.]+)\}/g)].map(([, path]) => path ?? '');
}

function wordsOf(data: BundleData): Readonly<Record<string, readonly string[] | undefined>> {
  return {
    useCase: data.useCases.map(({ id }) => id),
    channel: data.channels.map(({ id }) => id),
    joinedCategories: data.taxonomy.classes.map(({ id }) => id),
    promptCategories: data.taxonomy.classes.map(({ id }) => id),
    pictureCategories: data.taxonomy.classes.map(({ id }) => id),
    textCategories: data.taxonomy.classes.map(({ id }) => id),
    operations: OPERATIONS,
    sourceRights: SOURCE_RIGHTS,
    sourceRestricted: SOURCE_RESTRICTIONS,
    labelsMissing: DISCLOSURE_KINDS,
    originMismatch: ORIGIN_MISMATCHES,
    knownAs: KNOWN_AS,
    vendorTerms: VENDOR_TERMS,
    licensedFor: LICENSED_USES,
    trainingCurrent: data.training.map(({ id }) => id),
  };
}

function isDataOf(path: string, data: BundleData): boolean {
  if ((FACT_PATHS as readonly string[]).includes(path)) return true;
  const [home, name] = path.split('.');
  return home === 'list' ? name === 'useCases' : home === 'threshold' && name !== undefined && Object.hasOwn(data.thresholds, name);
}

function stringsOf(operand: Operand): readonly string[] {
  const flatten = (literal: Literal): readonly string[] =>
    typeof literal === 'string' ? [literal] : Array.isArray(literal) ? (literal as readonly Literal[]).flatMap(flatten) : [];
  return 'literal' in operand ? flatten(operand.literal) : [];
}
