import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import {
  KNOWN_AS,
  LICENSED_USES,
  ORIGIN_MISMATCHES,
  bundleHash,
  decide,
  GATES,
  loadBundle,
  mutantsOf,
  prepare,
  runGoldens,
  SOURCE_RESTRICTIONS,
  tellFailure,
  type Bundle,
  type BundleFiles,
  VENDOR_TERMS,
} from '@imprimatur/formats/policy';

const tools = { cedar, sha256: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer') };
const folder = join(__dirname, 'starter');
const files: BundleFiles = Object.fromEntries(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')]),
);

function load(): Bundle {
  const loaded = loadBundle(files, tools);
  if (!loaded.ok) throw new Error(loaded.refusal.problems.map(({ where, message }) => `${where}: ${message}`).join('\n'));
  return loaded.value;
}

describe('the starter bundle', () => {
  const bundle = load();

  it('passes its golden tests', () => {
    expect(bundle.goldens.length).toBeGreaterThan(2 * bundle.rules.length);
    expect(runGoldens(bundle, cedar).map(tellFailure)).toEqual([]);
  });

  it.each(bundle.rules.map((rule) => [rule.id, rule] as const))('has tests that notice every small mistake in %s', (_, rule) => {
    const mutants = mutantsOf(bundle, rule, cedar);
    expect(mutants.length).toBeGreaterThan(2);
    const outcomes = mutants.map(({ change, bundle: mutated }) => {
      const own = { ...mutated, goldens: bundle.goldens.filter((golden) => golden.rule === rule.id) };
      return { change, noticed: runGoldens(own, cedar).map(tellFailure) };
    });
    expect(outcomes.filter(({ noticed }) => noticed.length === 0).map(({ change }) => change)).toEqual([]);
    // a mutant that Cedar cannot run would be noticed by everything, and prove nothing
    expect(outcomes.flatMap(({ noticed }) => noticed).filter((line) => line.includes('system.policy_error'))).toEqual([]);
  });

  it('decides the same by the rules that could apply as by all of them', () => {
    const prepared = prepare(bundle, cedar);
    const { all } = prepared.sets.EditTurn;
    const whole = { ...prepared, sets: { ...prepared.sets, EditTurn: { all, unguarded: all, guards: new Set<string>() } } };
    expect(prepared.sets.EditTurn.unguarded.rules.length).toBeLessThan(all.rules.length);
    const some = (...values: readonly string[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 });
    const level = fc.constantFrom(0, 299, 300, 899, 900, 1000);
    const facts = fc.record({
      useCase: fc.constantFrom('internal-draft', 'marketing', 'no-such-case'),
      channel: fc.constantFrom('internal', 'website'),
      territory: fc.constantFrom('none', 'DE'),
      faces: fc.nat(3),
      facesWithoutConsent: fc.nat(2),
      consentScopeMissing: some('face', 'ads'),
      sourceRights: fc.constantFrom('owned' as const, 'unknown' as const),
      sourceRestricted: fc.subarray([...SOURCE_RESTRICTIONS]),
      originMismatch: fc.subarray([...ORIGIN_MISMATCHES], { maxLength: 2 }),
      textCategories: some('security.prompt_injection', 'hate.content'),
      knownAs: fc.subarray([...KNOWN_AS], { maxLength: 2 }),
      operations: fc.constant([]),
      joinedCategories: fc.subarray(['hate.content', 'ip.trademark']),
      promptCategories: some('no.such_class', ...bundle.data.taxonomy.classes.map(({ id }) => id)),
      scores: fc.record({ textMax: level, promptMax: level, sexual_explicit: level, sexual_suggestive: level }),
      maskOverlapsFace: fc.boolean(),
      policyAcknowledged: fc.boolean(),
      trainingCurrent: fc.subarray(bundle.data.training.map(({ id }) => id)),
      turnsLastHour: fc.constantFrom(0, 59, 60, 1000),
      turnsLastDayTenant: fc.constantFrom(0, 4999, 5000),
      turnsLastDayAsset: fc.constantFrom(0, 99, 100),
      provider: fc.constant('local'),
      vendorTerms: fc.constantFrom(...VENDOR_TERMS),
      vendorMayTrain: fc.boolean(),
      vendorRetentionDays: fc.constantFrom(0, 30, 31),
      vendorIndemnifies: fc.boolean(),
      licensedFor: fc.subarray([...LICENSED_USES]),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const asked = { question: 'EditTurn', roles: ['creator'], facts: given } as const;
        const [sliced, entire] = [decide(prepared, asked), decide(whole, asked)];
        expect([sliced.outcome, sliced.findings, sliced.shadow, sliced.errors, sliced.queue]).toEqual([
          entire.outcome,
          entire.findings,
          entire.shadow,
          entire.errors,
          entire.queue,
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it('speaks for every gate', () => {
    expect(GATES.filter((gate) => !bundle.rules.some((rule) => rule.gate === gate))).toEqual([]);
  });

  it('has an answer to every class that a prompt can be found in', () => {
    const text = bundle.rules.map((rule) => rule.text).join('\n');
    const silent = bundle.data.taxonomy.classes.filter(({ id, stages }) => stages.includes('prompt') && !text.includes(`"${id}"`));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  it('demands a person for every use case that says so', () => {
    const text = bundle.rules
      .filter((rule) => rule.gate === 'review')
      .map((rule) => rule.text)
      .join('\n');
    const released = bundle.data.useCases.filter(({ id, release }) => (release === 'human') !== text.includes(`"${id}"`));
    expect(released.map(({ id }) => id)).toEqual([]);
  });

  it('says of each module what its rules demand it for, in every use case', () => {
    const prepared = prepare(bundle, cedar);
    const asked = bundle.goldens.find(({ asked: { question } }) => question === 'EditTurn')?.asked;
    if (asked?.question !== 'EditTurn') throw new Error('a golden test asks about an edit');
    const { training, useCases } = bundle.data;
    for (const { id: useCase } of useCases) {
      const lacks = (...passed: readonly string[]): boolean =>
        decide(prepared, { ...asked, facts: { ...asked.facts, useCase, trainingCurrent: passed } }).findings.some(({ rule }) =>
          rule.startsWith('usage.training-missing'),
        );
      const all = training.map(({ id }) => id);
      const demanded = all.filter((module) => lacks(...all.filter((each) => each !== module)));
      expect([useCase, demanded]).toEqual([useCase, training.filter((module) => module.useCases.includes(useCase)).map(({ id }) => id)]);
      expect(lacks(...all)).toBe(false);
    }
  });

  it('cites clauses of the house policy that exist', () => {
    const clauses = [...(files['README.md'] ?? '').matchAll(/^ {3}- (\d+\.\d+) /gm)].map(([, clause]) => clause);
    const cited = bundle.rules.flatMap((rule) => [...rule.citation.matchAll(/House policy (\d+\.\d+)/g)].map(([, clause]) => clause));
    expect(cited.length).toBeGreaterThanOrEqual(bundle.rules.length);
    expect(cited.filter((clause) => !clauses.includes(clause))).toEqual([]);
  });

  it('has the hash of its content, whatever the order of its files', () => {
    expect(bundle.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(bundleHash(Object.fromEntries(Object.entries(files).reverse()), tools.sha256)).toBe(bundle.hash);
    const changed = { ...files, 'data/thresholds.yaml': (files['data/thresholds.yaml'] ?? '').replace('value: 60', 'value: 61') };
    expect(bundleHash(changed, tools.sha256)).not.toBe(bundle.hash);
  });
});
