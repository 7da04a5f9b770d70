import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { bundleHash } from './bundle.hash.js';
import { loadBundle } from './bundle.load.js';
import type { BundleFiles } from './bundle.files.js';
import { runGoldens, tellFailure } from './golden.run.js';
import { SPECIMEN, specimenWith, specimenWithRule } from './specimen.js';

const tools = { cedar, sha256: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer') };
const problemsOf = (files: BundleFiles): string[] => {
  const loaded = loadBundle(files, tools);
  return loaded.ok ? [] : loaded.refusal.problems.map(({ code, where }) => `${code} ${where}`);
};
const rule = SPECIMEN['rules/usage.cedar'] ?? '';
const edit = (path: string, from: string | RegExp, to: string): BundleFiles =>
  specimenWith({ [path]: (SPECIMEN[path] ?? '').replace(from, to) });
const ruleWith = (from: string | RegExp, to: string): BundleFiles => edit('rules/usage.cedar', from, to);

describe('a bundle', () => {
  it('loads when it is whole', () => {
    expect(problemsOf(SPECIMEN)).toEqual([]);
    const loaded = loadBundle(SPECIMEN, tools);
    if (!loaded.ok) throw new Error(loaded.refusal.message);
    expect(loaded.value.rules.map(({ id, outcome, gate, questions, mode }) => ({ id, outcome, gate, questions, mode }))).toEqual([
      { id: 'usage.rate', outcome: 'throttle', gate: 'usage', questions: ['EditTurn'], mode: 'enforce' },
    ]);
    expect(runGoldens(loaded.value, cedar)).toEqual([]);
  });

  it.each([
    ['without its manifest', specimenWith({ 'bundle.yaml': null }), 'BUNDLE_FILE_MISSING bundle.yaml'],
    ['without its schema', specimenWith({ 'schema.cedarschema': null }), 'BUNDLE_FILE_MISSING schema.cedarschema'],
    ['without a rule', specimenWith({ 'rules/usage.cedar': '', 'tests/usage.golden.yaml': 'rules: {}' }), 'BUNDLE_FILE_MISSING rules/'],
    ['with a file that nobody reads', specimenWith({ 'rules/usage.cedar.bak': rule }), 'BUNDLE_FILE_UNKNOWN rules/usage.cedar.bak'],
    ['with a path that leaves its folder', specimenWith({ '../evil.yaml': 'x: 1' }), 'BUNDLE_FILE_UNKNOWN ../evil.yaml'],
    ['half written: YAML cut off', edit('bundle.yaml', /approvers[\s\S]*/, 'approvers: [Coun'), 'BUNDLE_DATA_INVALID bundle.yaml'],
    ['half written: rule cut off', ruleWith(/when \{[\s\S]*/, 'when { context.turnsL'), 'RULE_UNPARSABLE rules/usage.cedar'],
    ['whose version is no version', edit('bundle.yaml', '1.2.3', 'latest'), 'BUNDLE_DATA_INVALID bundle.yaml, version'],
    ['with a field nobody knows', edit('bundle.yaml', 'owners', 'onwers'), 'BUNDLE_DATA_INVALID bundle.yaml, owners'],
    ['with a repeated key', edit('bundle.yaml', 'owners: [Legal]', 'owners: [Legal]\nowners: [Sales]'), 'BUNDLE_DATA_INVALID bundle.yaml'],
    [
      'with a threshold that is no integer',
      edit('data/thresholds.yaml', '60', '0.6'),
      'BUNDLE_DATA_INVALID data/thresholds.yaml, thresholds, turnsPerHour, value',
    ],
    [
      'without a queue for its own failures',
      edit('data/queues.yaml', 'id: policy', 'id: other'),
      'BUNDLE_DATA_INVALID data/queues.yaml, queues',
    ],
    ['with NUL in a file', specimenWith({ 'README.md': 'a\0b' }), 'BUNDLE_DATA_INVALID README.md'],
    ['with half a character in a file', specimenWith({ 'README.md': 'a\ud800b' }), 'BUNDLE_DATA_INVALID README.md'],
    ['with a schema that is none', specimenWith({ 'schema.cedarschema': 'entity {' }), 'BUNDLE_SCHEMA_INVALID schema.cedarschema'],
    ['with two rules of one id', specimenWith({ 'rules/more.cedar': rule }), 'RULE_ID_DUPLICATE rules/usage.cedar, usage.rate'],
    ['with a rule without id', ruleWith('@id("usage.rate")', ''), 'RULE_ANNOTATION_MISSING rules/usage.cedar, rule 1'],
    [
      'with a rule without citation',
      ruleWith('@citation("House policy 1.3")', ''),
      'RULE_ANNOTATION_MISSING rules/usage.cedar, usage.rate',
    ],
    ['with an empty remedy', ruleWith('@remedy("Wait.")', '@remedy(" ")'), 'RULE_ANNOTATION_MISSING rules/usage.cedar, usage.rate'],
    ['with a hold that waits nowhere', ruleWith('"throttle"', '"hold"'), 'RULE_ANNOTATION_MISSING rules/usage.cedar, usage.rate'],
    ['with an outcome that is none', ruleWith('"throttle"', '"block"'), 'RULE_ANNOTATION_INVALID rules/usage.cedar, usage.rate'],
    ['with a gate that is none', ruleWith('@gate("usage")', '@gate("vibes")'), 'RULE_ANNOTATION_INVALID rules/usage.cedar, usage.rate'],
    ['with a misspelt annotation', ruleWith('@remedy', '@canary("5") @remedy'), 'RULE_ANNOTATION_INVALID rules/usage.cedar, usage.rate'],
    ['with a permit', ruleWith('forbid (', 'permit ('), 'RULE_NOT_FORBID rules/usage.cedar, usage.rate'],
    ['with a template', ruleWith('(principal,', '(principal == ?principal,'), 'RULE_NOT_FORBID rules/usage.cedar'],
    ['with a rule without condition', ruleWith(/when \{.*\}/, ''), 'RULE_INVALID rules/usage.cedar, usage.rate'],
    [
      'with a fact that does not exist',
      ruleWith('context.turnsLastHour', 'context.turnsLastHuor'),
      'RULE_INVALID rules/usage.cedar, usage.rate',
    ],
    ['with a number compared to a text', ruleWith('context.threshold.turnsPerHour', '"60"'), 'RULE_INVALID rules/usage.cedar, usage.rate'],
    [
      'with a later fact that is not asked for first',
      ruleWith('context.turnsLastHour', 'context.newFaces'),
      'RULE_INVALID rules/usage.cedar, usage.rate',
    ],
    ['with a rule that can never apply', ruleWith(/when \{.*\}/, 'when { false }'), 'RULE_INVALID rules/usage.cedar, usage.rate'],
    [
      'with a class that is not in the taxonomy',
      ruleWith(/when \{.*\}/, 'when { context.promptCategories.contains("ip.watermark_removl") }'),
      'RULE_WORD_UNKNOWN rules/usage.cedar, usage.rate',
    ],
    [
      'with a use case that nobody agreed',
      ruleWith(/when \{.*\}/, 'when { ["resale"].contains(context.useCase) }'),
      'RULE_WORD_UNKNOWN rules/usage.cedar, usage.rate',
    ],
    ['with a reason that quotes no fact', ruleWith('{turnsLastHour}', '{turns}'), 'RULE_WORD_UNKNOWN rules/usage.cedar, usage.rate'],
    [
      'with a threshold that has no value',
      edit('data/thresholds.yaml', 'turnsPerHour', 'turnsPerDay'),
      'RULE_WORD_UNKNOWN rules/usage.cedar, usage.rate',
    ],
    [
      'with a queue that does not exist',
      specimenWithRule(
        'usage.more',
        'hold',
        'context.faces > 0',
        rule.replace('usage.rate', 'usage.two').replace('"throttle"', '"hold") @queue("nowhere"'),
      ),
      'RULE_WORD_UNKNOWN rules/more.cedar, usage.two',
    ],
    [
      'with a mode for a rule that does not exist',
      edit('bundle.yaml', 'rules: {}', 'rules: { usage.rat: off }'),
      'RULE_UNKNOWN bundle.yaml, modes.rules.usage.rat',
    ],
    ['with a rule without a hit', edit('tests/usage.golden.yaml', /hit: \[.*\]/, 'hit: []'), 'RULE_UNTESTED rules/usage.cedar, usage.rate'],
    [
      'with a rule without a miss',
      edit('tests/usage.golden.yaml', /miss: \[.*\]/, 'miss: []'),
      'RULE_UNTESTED rules/usage.cedar, usage.rate',
    ],
    [
      'with a test of no rule',
      edit('tests/usage.golden.yaml', 'usage.rate', 'usage.gone'),
      'RULE_UNKNOWN tests/usage.golden.yaml, rules.usage.gone',
    ],
    [
      'with a misspelt fact in a test',
      edit('tests/usage.golden.yaml', 'turnsLastHour: 59', 'turnsLastHuor: 59'),
      'GOLDEN_INVALID tests/usage.golden.yaml, rules.usage.rate, fifty-nine before',
    ],
    [
      'with a test in a question that never asks the rule',
      edit('tests/usage.golden.yaml', /EditTurn(?=, facts: \{ turnsLastHour: 59)/, 'AutoRelease'),
      'GOLDEN_INVALID tests/usage.golden.yaml, rules.usage.rate, fifty-nine before',
    ],
  ])('%s is refused', (_, files, problem) => {
    expect(problemsOf(files)).toContain(problem);
  });

  it('tells every problem at once', () => {
    expect(problemsOf(edit('bundle.yaml', '1.2.3', 'x')).length).toBe(1);
    const both = specimenWith({ 'rules/usage.cedar': rule.replace('@gate("usage")', '').replace('forbid (', 'permit ('), 'stray.txt': '' });
    expect(new Set(problemsOf(both).map((line) => line.split(' ')[0]))).toEqual(
      new Set(['BUNDLE_FILE_UNKNOWN', 'RULE_ANNOTATION_MISSING', 'RULE_NOT_FORBID', 'BUNDLE_FILE_MISSING', 'RULE_UNKNOWN']),
    );
  });

  it('fails its tests when a rule is not what they say', () => {
    const loaded = loadBundle(edit('data/thresholds.yaml', '60', '59'), tools);
    if (!loaded.ok) throw new Error(loaded.refusal.message);
    expect(runGoldens(loaded.value, cedar).map(tellFailure)).toEqual([
      "tests/usage.golden.yaml, usage.rate, miss 'fifty-nine before': outcome throttle, expected pass; rules [usage.rate], expected []",
    ]);
  });
});

describe('the hash of a bundle', () => {
  // v1 is frozen: activated bundles are named by this hash in the ledger for ever
  it('is SHA-256 over the canonical listing, to the byte', () => {
    const of = (text: string): string => hash('sha256', text);
    const listing = `{"files":[["CHANGELOG.md","${of('b')}"],["README.md","${of('a')}"]],"v":1}`;
    expect(bundleHash({ 'README.md': 'a', 'CHANGELOG.md': 'b' }, tools.sha256)).toBe(of(listing));
    expect(bundleHash({ 'README.md': 'a', 'CHANGELOG.md': 'b' }, tools.sha256)).toBe(
      '1ec12ce4ce3af63e89aa3c2734bec1d5ce04031d910f72806fb964fe8ffdcbbb',
    );
  });

  it('does not cover the signature over it, and nothing else is left out', () => {
    const whole = bundleHash(SPECIMEN, tools.sha256);
    expect(bundleHash({ ...SPECIMEN, 'bundle.sig': 'x' }, tools.sha256)).toBe(whole);
    for (const path of Object.keys(SPECIMEN)) {
      expect(bundleHash({ ...SPECIMEN, [path]: `${SPECIMEN[path]} ` }, tools.sha256)).not.toBe(whole);
    }
  });
});
