import type { KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BundleFiles, PolicyQuestion } from '@imprimatur/formats/policy';
import { GrantRepository, HandService, SignatureRepository } from '@imprimatur/domain/identity';
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
import { SPECIMEN, specimenWith } from '../../../libs/formats/policy/src/specimen';

/** No authenticator is enrolled, and no grant cools off. */
const NOBODY_SIGNS = new HandService(new SignatureRepository(), new GrantRepository(), { webauthn: null, grantCoolingMinutes: 0 });
const STARTER = join(__dirname, '../../../policies/starter');
export const starter = readBundleFolder(STARTER);

interface Engine {
  onApplicationShutdown(): Promise<void>;
}

const opened: Engine[] = [];
function opening<E extends Engine>(engine: E): E {
  opened.push(engine);
  return engine;
}

/** Ends the threads of everything that was made here. */
export async function closeEngines(): Promise<void> {
  await Promise.all(opened.map((engine) => engine.onApplicationShutdown()));
}

/** `keys`: of which one must have signed every bundle. */
export function policiesOf(ledger: Ledger, keys: readonly KeyObject[] = [], starterFolder = STARTER): PolicyService {
  const [bundles, engine, signatures] = [new PolicyRepository(), opening(new PolicyEngine()), new BundleSignatures(keys)];
  return new PolicyService(bundles, engine, signatures, new BundleCheck(bundles, engine, signatures), ledger, starterFolder, NOBODY_SIGNS);
}

export function trialsOf(ledger: Ledger, limits: Partial<ShadowLimits> = {}, hands = NOBODY_SIGNS): TrialService {
  const bundles = new PolicyRepository();
  const check = new BundleCheck(bundles, opening(new PolicyEngine()), new BundleSignatures([]));
  const engine = opening(new ShadowEngine({ ...USUAL_LIMITS, ...limits }));
  return new TrialService(bundles, new TrialRepository(), check, engine, ledger, hands);
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
      sourceRestricted: [],
      originMismatch: [],
      knownAs: [],
      policyAcknowledged: true,
      trainingCurrent: [],
      turnsLastHour: 3,
      turnsLastDayTenant: 3,
      turnsLastDayAsset: 3,
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

/** The bundle of one rule as another version, with another limit; it is read in a moment. */
export function specimenVariant(version: string, turnsPerHour: number, effective = '2026-01-01'): BundleFiles {
  const text = (path: string): string => SPECIMEN[path] ?? '';
  return specimenWith({
    'bundle.yaml': text('bundle.yaml').replace('1.2.3', version).replace('2026-01-01', effective),
    'data/thresholds.yaml': text('data/thresholds.yaml').replace('value: 60', `value: ${turnsPerHour}`),
    'tests/usage.golden.yaml': text('tests/usage.golden.yaml')
      .replace('turnsLastHour: 60', `turnsLastHour: ${turnsPerHour}`)
      .replace('turnsLastHour: 59', `turnsLastHour: ${turnsPerHour - 1}`),
  });
}

/** Writes a bundle into a folder; answers the folder. */
export function writeSpecimen(folder: string, files: BundleFiles = SPECIMEN): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
