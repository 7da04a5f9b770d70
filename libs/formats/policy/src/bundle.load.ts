import { ok, refuse, type Result } from '@imprimatur/kernel';
import { readData } from './bundle.data.js';
import { bundleHash } from './bundle.hash.js';
import { readRules } from './bundle.rules.js';
import type { BundleFiles, BundleProblem, BundleProblemCode } from './bundle.files.js';
import type { Bundle, BundleRefusal, PolicyTools, Rule } from './bundle.types.js';
import { engineErrors, firstByteOf, type Cedar } from './cedar.js';
import { readGoldens } from './golden.read.js';
import { readLexicons } from './lexicon.read.js';
import { checkQueues } from './queues.check.js';
import { type DeclaredFacts, declaredFacts, strangersIn } from './schema.facts.js';
import { lineAtByte } from './text.lines.js';
import { checkWords } from './vocabulary.js';

const SCHEMA = 'schema.cedarschema';
/** What a bundle may hold; anything else is refused, so that nothing lies in it unread and unsigned-for. */
const GRAMMAR = [
  /^bundle\.yaml$/,
  /^bundle\.sig$/,
  /^(CHANGELOG|README)\.md$/,
  /^schema\.cedarschema$/,
  /^rules\/[a-z0-9-]+\.cedar$/,
  /^data\/(taxonomy|thresholds|use-cases|queues|reason-codes|training|acknowledgement|brands|territories)\.yaml$/,
  /^lexicons\/[A-Za-z0-9._-]+$/,
  /^tests\/(baseline|[a-z0-9-]+\.golden)\.yaml$/,
];

/**
 * Reads a whole bundle, or says everything that is wrong with it. What comes out has been parsed, type-checked by Cedar against its
 * own schema, and shows a hit and a miss for every rule; whether those tests come out as written is `runGoldens`' to say.
 */
export function loadBundle(files: BundleFiles, tools: PolicyTools): Result<Bundle, BundleRefusal> {
  return load(files, tools, { isNew: true });
}

/**
 * The same in half the time, without the golden tests and the lexicons' patterns: for content that was loaded whole and tested before, which its hash tells. What
 * comes out has no `goldens`.
 */
export function loadTestedBundle(files: BundleFiles, tools: PolicyTools): Result<Bundle, BundleRefusal> {
  return load(files, tools, { isNew: false });
}

function load(files: BundleFiles, tools: PolicyTools, { isNew }: { readonly isNew: boolean }): Result<Bundle, BundleRefusal> {
  const problems: BundleProblem[] = [];
  refuseUnknownFiles(files, problems);
  const { manifest, data, lineInQueues } = readData(files, problems);
  const schema = files[SCHEMA];
  if (schema === undefined) problems.push({ code: 'BUNDLE_FILE_MISSING', where: SCHEMA, message: 'the bundle has no such file' });

  // one fault does not hide the others: whoever repairs a bundle wants to see all of them
  const rules = readRules(files, manifest, tools.cedar, problems);
  if (rules.length === 0)
    problems.push({ code: 'BUNDLE_FILE_MISSING', where: 'rules/', message: 'a bundle without a rule would let everything pass' });
  const facts = schema === undefined ? null : validateRules(rules, schema, tools.cedar, problems);
  if (data !== null) {
    checkWords(rules, data, problems);
    checkQueues(rules, data, lineInQueues, problems);
  }
  const goldens = isNew ? readGoldens(files, rules, problems) : [];
  if (isNew) readLexicons(files, data?.taxonomy ?? null, problems);
  if (problems.length > 0 || manifest === null || data === null || schema === undefined || facts === null) return refuseBundle(problems);
  return ok({
    manifest,
    hash: bundleHash(files, tools.sha256),
    schema,
    facts,
    rules,
    data,
    goldens,
    lexicons: Object.fromEntries(Object.entries(files).filter(([path]) => path.startsWith('lexicons/'))),
  });
}

function refuseUnknownFiles(files: BundleFiles, problems: BundleProblem[]): void {
  for (const path of Object.keys(files).filter((each) => !GRAMMAR.some((known) => known.test(each)))) {
    problems.push({ code: 'BUNDLE_FILE_UNKNOWN', where: path, message: 'a bundle has no place for this file' });
  }
  // Neither survives storage unchanged (PostgreSQL refuses NUL, UTF-8 has no half characters), so the hash would name something else.
  for (const [path] of Object.entries(files).filter(([, text]) => text.includes('\0') || /\p{Surrogate}/u.test(text))) {
    problems.push({ code: 'BUNDLE_DATA_INVALID', where: path, message: 'not well-formed text: it holds NUL or half a character' });
  }
}

/** Cedar's strict validation. Its warning that a rule can never hold is an error here: such a rule looks like protection and is none. Null: the schema cannot be read. */
function validateRules(rules: readonly Rule[], schema: string, cedar: Cedar, problems: BundleProblem[]): DeclaredFacts | null {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const answer = cedar.validate({
    schema,
    policies: { staticPolicies: Object.fromEntries(rules.map((rule) => [rule.id, rule.text])) },
    validationSettings: { mode: 'strict' },
  });
  if (answer.type === 'failure') {
    const line = lineAtByte(schema, firstByteOf(answer.errors));
    problems.push({ code: 'BUNDLE_SCHEMA_INVALID', where: SCHEMA, line, message: engineErrors(answer.errors) });
    return null;
  }
  for (const { policyId, error } of [...answer.validationErrors, ...answer.validationWarnings]) {
    const rule = byId.get(policyId);
    const line = rule === undefined ? undefined : rule.line + lineAtByte(rule.text, firstByteOf([error])) - 1;
    problems.push({ code: 'RULE_INVALID', where: `${rule?.file ?? 'rules/'}, ${policyId}`, line, message: engineErrors([error]) });
  }
  const facts = declaredFacts(schema, cedar);
  for (const stranger of strangersIn(facts))
    problems.push({ code: 'BUNDLE_SCHEMA_INVALID', where: SCHEMA, message: `${stranger} is no fact` });
  return facts;
}

const MESSAGES: Readonly<Record<BundleProblemCode, string>> = {
  BUNDLE_FILE_MISSING: 'A file of the bundle is missing.',
  BUNDLE_FILE_UNKNOWN: 'The bundle holds a file that it may not hold.',
  BUNDLE_DATA_INVALID: 'Data of the bundle is not as its grammar demands.',
  BUNDLE_SCHEMA_INVALID: 'The schema of the bundle is not valid.',
  RULE_UNPARSABLE: 'A rule is not Cedar.',
  RULE_ID_DUPLICATE: 'Two rules have the same @id.',
  RULE_ANNOTATION_MISSING: 'A rule lacks an annotation.',
  RULE_ANNOTATION_INVALID: 'A rule has an annotation that means nothing here.',
  RULE_NOT_FORBID: 'A bundle may only forbid.',
  RULE_INVALID: 'A rule does not fit the schema.',
  RULE_WORD_UNKNOWN: 'A rule uses a word that the data of the bundle does not know.',
  RULE_UNKNOWN: 'A rule is named that does not exist.',
  RULE_UNTESTED: 'A rule lacks a golden test.',
  GOLDEN_INVALID: 'A golden test is not complete.',
};

function refuseBundle(problems: readonly BundleProblem[]): { readonly ok: false; readonly refusal: BundleRefusal } {
  const code = problems[0]?.code ?? 'BUNDLE_DATA_INVALID';
  return refuse({
    code,
    message: `${MESSAGES[code]} ${problems.map(({ where, message }) => `${where}: ${message}`).join('; ')}`,
    remedy: 'Repair what is listed and load the bundle again; a bundle is taken whole or not at all.',
    problems,
  });
}
