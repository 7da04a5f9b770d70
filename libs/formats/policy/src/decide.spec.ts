import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { loadBundle } from './bundle.load.js';
import type { BundleFiles } from './bundle.files.js';
import type { Bundle } from './bundle.types.js';
import { decide, verdictOf, type Decision } from './decide.js';
import { prepare } from './prepare.js';
import { GATES, type EditTurnFacts, type PolicyQuestion } from './question.js';
import { HARMLESS, SPECIMEN, specimenWith, specimenWithRule } from './specimen.js';

const tools = { cedar, sha256: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer') };

function load(files: BundleFiles): Bundle {
  const loaded = loadBundle(files, tools);
  if (!loaded.ok) throw new Error(loaded.refusal.message);
  return loaded.value;
}

/** Asks whether a turn with these facts may be rendered. */
function ask(files: BundleFiles, facts: Partial<EditTurnFacts> = {}): Decision {
  return decide(prepare(load(files), cedar), { question: 'EditTurn', roles: ['creator'], facts: { ...HARMLESS, ...facts } });
}

const MODES = (modes: string): string => (SPECIMEN['bundle.yaml'] ?? '').replace('rules: {}', `rules: { ${modes} }`);

describe('a decision', () => {
  it('passes what no rule forbids', () => {
    const decision = ask(SPECIMEN);
    expect(decision).toMatchObject({ outcome: 'pass', findings: [], shadow: [], errors: [], queue: null });
    expect(GATES.map((gate) => decision.gateOutcome(gate))).toEqual(GATES.map(() => 'pass'));
  });

  it('asks a bundle of before about a picture in which nothing was found, and holds what it has no word for', () => {
    expect(ask(SPECIMEN, { pictureCategories: undefined }).outcome).toBe('pass');
    const scores = { ...HARMLESS.scores, pictureMax: 700 };
    const decision = ask(SPECIMEN, { pictureCategories: ['violence.graphic'], scores });
    expect(decision).toMatchObject({ outcome: 'hold', findings: [{ rule: 'system.policy_error' }] });
  });

  it('tells a bundle that knows them what absent facts of a picture mean, as in a question of before', () => {
    const schema = (SPECIMEN['schema.cedarschema'] ?? '')
      .replace('promptCategories: Set<String>,', 'promptCategories: Set<String>, pictureCategories: Set<String>,')
      .replace('sexual_suggestive: Long }', 'sexual_suggestive: Long, pictureMax: Long }');
    const rule = 'context.pictureCategories.contains("ip.watermark_removal") && context.scores.pictureMax >= 600';
    const files = { ...specimenWithRule('usage.picture', 'hold', rule), 'schema.cedarschema': schema };
    expect(ask(files).outcome).toBe('pass');
    const found = { pictureCategories: ['ip.watermark_removal'], scores: { ...HARMLESS.scores, pictureMax: 600 } };
    expect(ask(files, found).findings.map((finding) => finding.rule)).toEqual(['usage.picture']);
    expect(ask(files, { ...found, scores: { ...found.scores, pictureMax: 599 } }).outcome).toBe('pass');
  });

  it('asks a bundle of before without the words in a picture, and one that knows them what their absence means', () => {
    const found = { textCategories: ['ip.watermark_removal'], scores: { ...HARMLESS.scores, textMax: 600 } };
    expect(ask(SPECIMEN, found)).toMatchObject({ outcome: 'pass', errors: [] });
    const schema = (SPECIMEN['schema.cedarschema'] ?? '')
      .replace('promptCategories: Set<String>,', 'promptCategories: Set<String>, textCategories: Set<String>,')
      .replace('sexual_suggestive: Long }', 'sexual_suggestive: Long, textMax: Long }');
    const rule = 'context.textCategories.contains("ip.watermark_removal") && context.scores.textMax >= 600';
    const files = { ...specimenWithRule('usage.text', 'hold', rule), 'schema.cedarschema': schema };
    expect(ask(files)).toMatchObject({ outcome: 'pass', errors: [] });
    expect(ask(files, found).findings.map((finding) => finding.rule)).toEqual(['usage.text']);
  });

  it('names the rule, the fact and the threshold, and the bundle', () => {
    const bundle = load(SPECIMEN);
    const decision = ask(SPECIMEN, { turnsLastHour: 61 });
    expect(decision.findings).toEqual([
      {
        rule: 'usage.rate',
        outcome: 'throttle',
        reason: '61 turns in an hour.',
        citation: 'House policy 1.3',
        remedy: 'Wait.',
        met: ['turns last hour = 61, rule: at least 60'],
        passesWhen: 'turns last hour at most 59',
        gate: 'usage',
      },
    ]);
    expect(decision.bundle).toEqual({ name: 'specimen', version: '1.2.3', hash: bundle.hash });
    expect([decision.outcome, decision.gateOutcome('usage'), decision.gateOutcome('consent')]).toEqual(['throttle', 'throttle', 'pass']);
  });

  it('takes the strictest outcome, and lists the strictest first', () => {
    const decision = ask(specimenWithRule('usage.more', 'refuse', 'context.faces > 0'), { faces: 1, turnsLastHour: 60 });
    expect(decision.outcome).toBe('refuse');
    expect(decision.findings.map(({ rule }) => rule)).toEqual(['usage.more', 'usage.rate']);
  });

  describe('with exceptions', () => {
    const files = specimenWithRule('usage.more', 'hold', 'context.faces > 0');
    const ask = (exceptions: readonly string[], facts: Partial<EditTurnFacts> = {}, asked = files): Decision =>
      decide(
        prepare(load(asked), cedar),
        { question: 'EditTurn', roles: ['creator'], facts: { ...HARMLESS, faces: 1, ...facts } },
        exceptions.map((rule, at) => ({ id: `agreed-${at}`, rule })),
      );

    it('lifts the rule that is named, and keeps it as evidence', () => {
      const decision = ask(['usage.more']);
      expect(decision).toMatchObject({ outcome: 'pass', findings: [], queue: null });
      expect(decision.excepted).toMatchObject([{ rule: 'usage.more', outcome: 'hold', exception: 'agreed-0' }]);
      expect(verdictOf(decision, 'usage')).toMatchObject({
        outcome: 'pass',
        findings: [],
        evidence: { excepted: [{ rule: 'usage.more', outcome: 'hold', exception: 'agreed-0' }] },
      });
    });

    it.each([
      ['another rule', ['usage.other'], {}, files, 'hold'],
      ['one of two', ['usage.more'], { turnsLastHour: 61 }, files, 'throttle'],
      ['both of two', ['usage.rate', 'usage.more'], { turnsLastHour: 61 }, files, 'pass'],
      ['a refusal', ['usage.more'], {}, specimenWithRule('usage.more', 'refuse', 'context.faces > 0'), 'refuse'],
    ] as const)('of %s decides accordingly', (_, exceptions, facts, asked, outcome) => {
      expect(ask(exceptions, facts, asked).outcome).toBe(outcome);
    });

    it('says nothing of exceptions that were not needed', () => {
      const decision = ask(['usage.more'], { faces: 0 });
      expect(decision.excepted).toEqual([]);
      expect(verdictOf(decision, 'usage').evidence).not.toHaveProperty('excepted');
    });

    it('lifts no failure of the policy', () => {
      const broken = { ...prepare(load(files), cedar), given: { threshold: {}, list: { useCases: [] } } };
      const asked = { question: 'EditTurn', roles: ['creator'], facts: { ...HARMLESS, faces: 1 } } as const;
      expect(decide(broken, asked, [{ id: 'agreed', rule: 'system.policy_error' }]).outcome).toBe('hold');
    });
  });

  it('waits in the queue that stands first in the bundle', () => {
    const second = `@id("usage.two") @outcome("hold") @gate("consent") @queue("quality") @reason("R") @citation("C") @remedy("R")
      forbid (principal, action, resource) when { context.faces > 0 };`;
    const files = specimenWithRule('usage.more', 'hold', 'context.faces > 1', second);
    const golden = (SPECIMEN['tests/usage.golden.yaml'] ?? '').concat(
      '  usage.two: { hit: [{ name: h, question: EditTurn }], miss: [{ name: m, question: EditTurn }] }\n',
    );
    const both = { ...files, 'tests/usage.golden.yaml': golden };
    expect(ask(both, { faces: 2 }).queue?.id).toBe('legal');
    expect(ask(both, { faces: 1 }).queue?.id).toBe('quality');
    expect(ask(both, { faces: 1 }).gateOutcome('usage')).toBe('pass');
    expect(ask(both, { faces: 1, turnsLastHour: 60 })).toMatchObject({ outcome: 'throttle', queue: null });
  });

  it('knows the roles of whoever asks', () => {
    const files = specimenWithRule('usage.more', 'refuse', 'context.faces > 0 && !(principal in Imprimatur::Role::"legal")');
    const prepared = prepare(load(files), cedar);
    const as = (role: string): Decision => decide(prepared, { question: 'EditTurn', roles: [role], facts: { ...HARMLESS, faces: 1 } });
    expect(as('legal').outcome).toBe('pass');
    expect(as('creator').findings[0]?.met).toEqual(['faces = 1, rule: more than 0', 'roles = creator, rule: not: includes legal']);
  });

  it('gives each gate its own verdict, with the facts as evidence', () => {
    const verdict = verdictOf(ask(SPECIMEN, { turnsLastHour: 60, operations: ['tone', 'crop'] }), 'usage');
    expect(verdict).toMatchObject({ gate: 'usage', outcome: 'throttle', findings: [{ rule: 'usage.rate' }] });
    expect(verdict.findings[0]).not.toHaveProperty('gate');
    expect(verdict.evidence).toMatchObject({
      bundle: { version: '1.2.3' },
      asked: { question: 'EditTurn', facts: { turnsLastHour: 60, operations: ['crop', 'tone'] } },
    });
    expect(verdictOf(ask(SPECIMEN, { turnsLastHour: 60 }), 'consent')).toMatchObject({ outcome: 'pass', findings: [] });
  });
});

describe('rules in shadow and rules that are off', () => {
  it('are reported, and never act', () => {
    const decision = ask(specimenWith({ 'bundle.yaml': MODES('usage.rate: shadow') }), { turnsLastHour: 99 });
    expect(decision).toMatchObject({ outcome: 'pass', findings: [], shadow: [{ rule: 'usage.rate', outcome: 'throttle' }] });
    expect(verdictOf(decision, 'usage')).toMatchObject({ outcome: 'pass', findings: [], evidence: { shadow: [{ rule: 'usage.rate' }] } });
  });

  it('do not hold when they fail, but the failure is told', () => {
    const files = {
      ...specimenWithRule('usage.more', 'hold', 'context.faces * 9223372036854775807 > 1'),
      'bundle.yaml': MODES('usage.more: shadow'),
    };
    const decision = ask(files, { faces: 5 });
    expect(decision).toMatchObject({ outcome: 'pass', findings: [] });
    expect(decision.errors.join()).toContain('usage.more');
  });

  it('are not asked when off', () => {
    expect(ask(specimenWith({ 'bundle.yaml': MODES('usage.rate: off') }), { turnsLastHour: 99 })).toMatchObject({
      outcome: 'pass',
      shadow: [],
    });
  });
});

describe('what cannot be judged is held', () => {
  const held = (decision: Decision): void => {
    expect(decision).toMatchObject({
      outcome: 'hold',
      queue: { id: 'policy' },
      findings: [{ rule: 'system.policy_error', queue: 'policy' }],
    });
    expect(decision.errors).toHaveLength(1);
  };

  it('when a rule fails: Cedar skips it and answers allow', () => {
    const decision = ask(specimenWithRule('usage.more', 'refuse', 'context.faces * 9223372036854775807 > 1'), { faces: 5 });
    held(decision);
    expect(decision.errors[0]).toMatch(/usage\.more.*overflow/);
    expect([decision.gateOutcome('usage'), decision.gateOutcome('consent')]).toEqual(['hold', 'pass']);
  });

  it('and a rule that fails does not soften one that refuses', () => {
    const refusing = `@id("usage.two") @outcome("refuse") @gate("usage") @reason("R") @citation("C") @remedy("R")
      forbid (principal, action == Imprimatur::Action::"EditTurn", resource) when { context.faces > 4 };`;
    const files = specimenWithRule('usage.more', 'hold', 'context.faces * 9223372036854775807 > 1', refusing);
    const golden =
      'rules: { usage.more: { hit: [{ name: h, question: EditTurn }], miss: [{ name: m, question: EditTurn }] }, usage.two: { hit: [{ name: h, question: EditTurn }], miss: [{ name: m, question: EditTurn }] } }';
    const decision = ask({ ...files, 'tests/more.golden.yaml': golden }, { faces: 5 });
    expect(decision.outcome).toBe('refuse');
    expect(decision.findings.map(({ rule }) => rule)).toEqual(['usage.two', 'system.policy_error']);
  });

  const unsafe = (facts: object): PolicyQuestion => ({ question: 'EditTurn', roles: ['creator'], facts: facts as EditTurnFacts });
  const withoutFaces = Object.fromEntries(Object.entries(HARMLESS).filter(([name]) => name !== 'faces'));
  it.each([
    ['a fact is missing', unsafe(withoutFaces)],
    ['a fact is undefined', unsafe({ ...HARMLESS, faces: undefined })],
    ['a score is no integer', unsafe({ ...HARMLESS, scores: { ...HARMLESS.scores, promptMax: 0.4 } })],
    ['a count is not a number', unsafe({ ...HARMLESS, turnsLastHour: NaN })],
    ['a count is a text', unsafe({ ...HARMLESS, turnsLastHour: '3' })],
    ['a set is a text', unsafe({ ...HARMLESS, promptCategories: 'ip.watermark_removal' })],
    ['a fact has a name that the schema does not know', unsafe({ ...HARMLESS, promptCategory: [] })],
    ['the facts are no record', unsafe([])],
    ['the question does not exist', { ...unsafe(HARMLESS), question: 'Publish' } as unknown as PolicyQuestion],
  ])('when %s', (_, asked) => {
    const decision = decide(prepare(load(SPECIMEN), cedar), asked);
    held(decision);
    expect(GATES.map((gate) => decision.gateOutcome(gate))).toEqual(GATES.map(() => 'hold'));
  });

  it('when the engine throws', () => {
    const broken = {
      ...cedar,
      statefulIsAuthorized: (): never => {
        throw new Error('unreachable executed');
      },
    };
    held(decide(prepare(load(SPECIMEN), broken), unsafe(HARMLESS)));
  });

  it('when the bundle cannot be prepared', () => {
    const bundle = load(SPECIMEN);
    held(decide(prepare({ ...bundle, schema: 'garbage {' }, cedar), unsafe(HARMLESS)));
    // the name that the failed one was given serves the next
    expect(ask(SPECIMEN).outcome).toBe('pass');
  });
});

describe('preparing', () => {
  const limited = (limit: number): Bundle =>
    load(
      specimenWith({
        'data/thresholds.yaml': `thresholds: { turnsPerHour: { value: ${limit}, unit: turns, why: House }}`,
        'CHANGELOG.md': String(limit),
      }),
    );

  it('goes round a fixed number of names, so that reloading frees what it replaces', () => {
    const names = new Set<string>();
    const watched = {
      ...cedar,
      preparsePolicySet: (...call: Parameters<typeof cedar.preparsePolicySet>) => (names.add(call[0]), cedar.preparsePolicySet(...call)),
    };
    for (let reload = 0; reload < 300; reload += 1) {
      expect(decide(prepare(limited(60), watched), { question: 'EditTurn', roles: [], facts: HARMLESS }).outcome).toBe('pass');
    }
    expect(names.size).toBeLessThanOrEqual(96);
  });

  it('never answers with another bundle, even when its name was given away since', () => {
    const rules = (limit: number): BundleFiles => ({
      ...SPECIMEN,
      'rules/usage.cedar': (SPECIMEN['rules/usage.cedar'] ?? '').replace('context.threshold.turnsPerHour', String(limit)),
    });
    const prepared = Array.from({ length: 120 }, (_, at) => prepare(load(rules(at + 1)), cedar));
    for (const round of [1, 2]) {
      const outcomes = prepared.map(
        (each) => decide(each, { question: 'EditTurn', roles: [], facts: { ...HARMLESS, turnsLastHour: 60 } }).outcome,
      );
      expect([round, outcomes.filter((outcome) => outcome === 'throttle').length, outcomes.indexOf('pass')]).toEqual([round, 60, 60]);
    }
  });
});
