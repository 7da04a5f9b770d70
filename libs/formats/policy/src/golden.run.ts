import type { VerdictOutcome } from '@imprimatur/kernel';
import type { Bundle } from './bundle.types.js';
import type { Cedar } from './cedar.js';
import { decide } from './decide.js';
import type { GoldenCase } from './golden.types.js';
import { prepareEnforced } from './prepare.js';

/** A golden test that did not come out as written. */
export interface GoldenFailure {
  readonly test: GoldenCase;
  readonly actual: { readonly outcome: VerdictOutcome; readonly rules: readonly string[] };
  /** What came out instead, in words. */
  readonly differences: readonly string[];
}

/** Runs a bundle's golden tests with every rule enforced, also those in shadow or off; answers what failed. */
export function runGoldens(bundle: Bundle, cedar: Cedar): readonly GoldenFailure[] {
  const prepared = prepareEnforced(bundle, cedar);
  return bundle.goldens.flatMap((test) => {
    const { outcome, findings } = decide(prepared, test.asked);
    const rules = findings.map((finding) => finding.rule).sort();
    const mine = findings.find((finding) => finding.rule === test.rule);
    const differences = [
      ...(outcome === test.expected.outcome ? [] : [`outcome ${outcome}, expected ${test.expected.outcome}`]),
      ...(rules.join() === test.expected.rules.join() ? [] : [`rules [${rules.join(', ')}], expected [${test.expected.rules.join(', ')}]`]),
      ...test.expected.met
        .filter((line) => !mine?.met.includes(line))
        .map((line) => `no explanation '${line}' in [${mine?.met.join('; ') ?? ''}]`),
      ...(test.expected.reason === null || test.expected.reason === mine?.reason ? [] : [`reason '${mine?.reason ?? ''}'`]),
    ];
    return differences.length === 0 ? [] : [{ test, actual: { outcome, rules }, differences }];
  });
}

/** `rules/usage.golden.yaml, usage.rate-limit, hit 'the sixtieth turn': outcome pass, expected throttle`. */
export function tellFailure({ test, differences }: GoldenFailure): string {
  return `${test.file}, ${test.rule}, ${test.kind} '${test.name}': ${differences.join('; ')}`;
}
