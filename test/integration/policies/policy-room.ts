import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import type { BundleFiles, PolicyQuestion } from '@imprimatur/formats/policy';
import type { Ledger } from '@imprimatur/domain/ledger';
import {
  BundleCheck,
  BundleSignatures,
  PolicyEngine,
  PolicyRepository,
  PolicyService,
  readBundleFolder,
  ShadowEngine,
  type ShadowLimits,
  TrialRepository,
  TrialService,
  USUAL_LIMITS,
} from '@imprimatur/domain/policies';

const STARTER = join(__dirname, '../../../policies/starter');
export const starter = readBundleFolder(STARTER);

/** `keys`: of which one must have signed every bundle. */
export function policiesOf(ledger: Ledger, keys: readonly KeyObject[] = [], starterFolder = STARTER): PolicyService {
  const [bundles, engine, signatures] = [new PolicyRepository(), new PolicyEngine(), new BundleSignatures(keys)];
  return new PolicyService(bundles, engine, signatures, new BundleCheck(bundles, engine, signatures), ledger, starterFolder);
}

export function trialsOf(
  ledger: Ledger,
  limits: Partial<ShadowLimits> = {},
): { readonly trials: TrialService; readonly engine: ShadowEngine } {
  const bundles = new PolicyRepository();
  const check = new BundleCheck(bundles, new PolicyEngine(), new BundleSignatures([]));
  const engine = new ShadowEngine({ ...USUAL_LIMITS, ...limits });
  return { trials: new TrialService(bundles, new TrialRepository(), check, engine, ledger), engine };
}

export function turn(facts: Partial<Extract<PolicyQuestion, { question: 'EditTurn' }>['facts']> = {}): PolicyQuestion {
  return {
    question: 'EditTurn',
    roles: ['creator'],
    facts: {
      useCase: 'marketing',
      channel: 'website',
      territory: 'US',
      operations: ['tone'],
      promptCategories: [],
      joinedCategories: [],
      scores: { promptMax: 0, sexual_explicit: 10, sexual_suggestive: 20 },
      faces: 2,
      facesWithoutConsent: 0,
      consentScopeMissing: [],
      maskOverlapsFace: false,
      sourceRights: 'owned',
      knownAs: [],
      turnsLastHour: 3,
      provider: 'simulator',
      vendorTerms: 'not-needed',
      vendorMayTrain: false,
      vendorRetentionDays: 0,
      vendorIndemnifies: true,
      licensedFor: ['commercial', 'model-training'],
      ...facts,
    },
  };
}

/** The starter bundle as another version, with other limits. */
export function variant(version: string, turnsPerHour: number): BundleFiles {
  const edit = (path: string, from: RegExp | string, to: string): Record<string, string> => ({
    [path]: (starter[path] ?? '').replace(from, to),
  });
  return {
    ...starter,
    ...edit('bundle.yaml', /^version: .*$/m, `version: ${version}`),
    ...edit('data/thresholds.yaml', 'value: 60', `value: ${turnsPerHour}`),
    'tests/usage.golden.yaml': (starter['tests/usage.golden.yaml'] ?? '')
      .replace('turnsLastHour: 60', `turnsLastHour: ${turnsPerHour}`)
      .replace('turnsLastHour: 59', `turnsLastHour: ${turnsPerHour - 1}`)
      .replace('You made 60 turns', `You made ${turnsPerHour} turns`)
      .replace('turns last hour = 60, rule: at least 60', `turns last hour = ${turnsPerHour}, rule: at least ${turnsPerHour}`),
  };
}
