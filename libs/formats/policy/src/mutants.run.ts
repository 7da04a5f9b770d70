import type { Bundle } from './bundle.types.js';
import type { Cedar } from './cedar.js';
import { runGoldens } from './golden.run.js';
import type { Mutant } from './mutants.js';

/** unrunnable: Cedar cannot evaluate the mistake, so that every test would notice it, and it proves nothing about them. */
export type MutantFate = 'noticed' | 'survived' | 'unrunnable';

/** Whether the golden tests of the mutant's own rule notice its mistake. Other rules' tests do not count: they may change with their rules. */
export function fateOf(mutant: Mutant, original: Bundle, cedar: Cedar): MutantFate {
  const failures = runGoldens({ ...mutant.bundle, goldens: original.goldens.filter(({ rule }) => rule === mutant.rule) }, cedar);
  if (failures.length === 0) return 'survived';
  return failures.every(({ actual }) => actual.rules.includes('system.policy_error')) ? 'unrunnable' : 'noticed';
}
