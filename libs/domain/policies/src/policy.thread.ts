import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { ok, type Result } from '@imprimatur/kernel';
import {
  bundleHash,
  type BundleChange,
  type BundleFiles,
  type BundleRefusal,
  diffBundles,
  loadBundle,
  loadTestedBundle,
  type PastQuestion,
  type PolicyTools,
  prepare,
  type PreparedBundle,
  runGoldens,
  simulate,
  type SimulationTally,
} from '@imprimatur/formats/policy';
import { bundleTestsFailed, type BundleTestsFailed } from './policy.refusals.js';
import type { TestedBundle } from './policy.types.js';

/** Work that reads whole bundles: the starter takes a second. */
export type PolicyTask =
  | { readonly kind: 'test'; readonly files: BundleFiles }
  | { readonly kind: 'diff'; readonly from: BundleFiles; readonly to: BundleFiles }
  | { readonly kind: 'simulate'; readonly from: BundleFiles; readonly to: BundleFiles; readonly questions: readonly PastQuestion[] };

const TOOLS: PolicyTools = { cedar, sha256: (bytes) => hash('sha256', bytes, 'buffer') };

/** Thread: `TestedBundle` for `test`, changes for `diff`, a tally for `simulate`; or why a bundle is none. */
export default async function work(
  task: PolicyTask,
): Promise<Result<TestedBundle | readonly BundleChange[] | SimulationTally, BundleRefusal | BundleTestsFailed>> {
  switch (task.kind) {
    case 'test':
      return test(task.files);
    case 'diff':
      return diff(task.from, task.to);
    case 'simulate':
      return ask(task.from, task.to, task.questions);
  }
}

function test(files: BundleFiles): Result<TestedBundle, BundleRefusal | BundleTestsFailed> {
  const loaded = loadBundle(files, TOOLS);
  if (!loaded.ok) return loaded;
  const failures = runGoldens(loaded.value, cedar);
  if (failures.length > 0) return { ok: false, refusal: bundleTestsFailed(failures) };
  const { manifest, hash: digest } = loaded.value;
  return ok({ name: manifest.name, version: manifest.version, effective: manifest.effective, hash: digest });
}

function diff(from: BundleFiles, to: BundleFiles): Result<readonly BundleChange[], BundleRefusal> {
  const [before, after] = [loadBundle(from, TOOLS), loadBundle(to, TOOLS)];
  if (!before.ok) return before;
  return after.ok ? ok(diffBundles(before.value, after.value)) : after;
}

/** The two of the simulation under way. */
const prepared = new Map<string, PreparedBundle>();

function ask(from: BundleFiles, to: BundleFiles, questions: readonly PastQuestion[]): Result<SimulationTally, BundleRefusal> {
  const [before, after] = [preparedOf(from), preparedOf(to)];
  if (!before.ok) return before;
  return after.ok ? ok(simulate(before.value, after.value, questions)) : after;
}

function preparedOf(files: BundleFiles): Result<PreparedBundle, BundleRefusal> {
  const key = bundleHash(files, TOOLS.sha256);
  const known = prepared.get(key);
  if (known) return ok(known);
  const loaded = loadTestedBundle(files, TOOLS);
  if (!loaded.ok) return loaded;
  const [oldest] = prepared.keys();
  if (prepared.size >= 2 && oldest !== undefined) prepared.delete(oldest);
  const made = prepare(loaded.value, cedar);
  prepared.set(key, made);
  return ok(made);
}
