import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import {
  answerOf,
  type BundleFiles,
  bundleHash,
  decide,
  loadTestedBundle,
  type PolicyQuestion,
  type PolicyTools,
  prepare,
  type PreparedBundle,
  type RuleException,
} from '@imprimatur/formats/policy';
import type { ShadowBundle } from '../policy.types.js';
import type { TrialAnswer } from './trial.types.js';

export interface ShadowTask {
  readonly shadow: ShadowBundle;
  /** Null: the thread may know the bundle already. */
  readonly files: BundleFiles | null;
  readonly asked: PolicyQuestion;
  readonly exceptions: readonly RuleException[];
}

const TOOLS: PolicyTools = { cedar, sha256: (bytes) => hash('sha256', bytes, 'buffer') };

/** Bundles of several tenants may be on trial; the oldest goes first. */
const KEPT = 8;
const kept = new Map<string, PreparedBundle | 'tampered' | 'broken'>();

/** Thread: the answer; null: the files are needed. */
export default async function work({ shadow, files, asked, exceptions }: ShadowTask): Promise<TrialAnswer | null> {
  const key = `${shadow.id} ${shadow.stamp}`;
  const known = kept.get(key) ?? (files && keep(key, shadow.hash, files));
  if (!known) return null;
  return typeof known === 'string' ? { failure: known } : { ...answerOf(decide(known, asked, exceptions)), failure: null };
}

function keep(key: string, expected: string, files: BundleFiles): PreparedBundle | 'tampered' | 'broken' {
  const [oldest] = kept.keys();
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
  const made = make(expected, files);
  kept.set(key, made);
  return made;
}

function make(expected: string, files: BundleFiles): PreparedBundle | 'tampered' | 'broken' {
  if (bundleHash(files, TOOLS.sha256) !== expected) return 'tampered';
  const loaded = loadTestedBundle(files, TOOLS);
  return loaded.ok ? prepare(loaded.value, cedar) : 'broken';
}
