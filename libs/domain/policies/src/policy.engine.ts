import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { ThreadPool, threadEntry } from '@imprimatur/platform/threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ok, type Result } from '@imprimatur/kernel';
import {
  bundleHash,
  loadTestedBundle,
  prepare,
  type Bundle,
  type BundleChange,
  type BundleFiles,
  type BundleRefusal,
  type PastQuestion,
  type PolicyTools,
  type PreparedBundle,
  type SimulationTally,
} from '@imprimatur/formats/policy';
import type { BundleTestsFailed } from './policy.refusals.js';
import type { PolicyTask } from './policy.thread.js';
import type { TestedBundle } from './policy.types.js';

const TOOLS: PolicyTools = { cedar, sha256: (bytes) => hash('sha256', bytes, 'buffer') };
/** Different bundles kept prepared, the oldest going first. */
const KEPT = 32;
const TASK_TIMEOUT_MS = 60_000;

/** Bundles prepared in this process, by the hash of their content. */
@Injectable()
export class PolicyEngine implements OnApplicationShutdown {
  private thread: ThreadPool | undefined;
  private readonly kept = new Map<string, PreparedBundle>();

  hashOf(files: BundleFiles): string {
    return bundleHash(files, TOOLS.sha256);
  }

  known(hash: string): PreparedBundle | undefined {
    return this.kept.get(hash);
  }

  /** Makes ready what was tested when it was drafted. `hash` must be that of `files`: tenants with the same content share one. */
  prepare(hash: string, files: BundleFiles): Result<PreparedBundle, BundleRefusal> {
    const known = this.kept.get(hash);
    if (known) return ok(known);
    const loaded = loadTestedBundle(files, TOOLS);
    return loaded.ok ? ok(this.keep(loaded.value)) : loaded;
  }

  /** Reads files that nobody has seen yet, in a thread: their golden tests must come out as written. */
  async test(files: BundleFiles): Promise<Result<TestedBundle, BundleRefusal | BundleTestsFailed>> {
    return this.inThread({ kind: 'test', files });
  }

  /** What changed between two bundles, in words. */
  async diff(from: BundleFiles, to: BundleFiles): Promise<Result<readonly BundleChange[], BundleRefusal>> {
    return this.inThread({ kind: 'diff', from, to });
  }

  /** Asks two bundles the same questions. */
  async simulate(from: BundleFiles, to: BundleFiles, questions: readonly PastQuestion[]): Promise<Result<SimulationTally, BundleRefusal>> {
    return this.inThread({ kind: 'simulate', from, to, questions });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.thread?.close();
  }

  /** Opened when it is first needed: only few processes test bundles. */
  private async inThread<Answer>(task: PolicyTask): Promise<Answer> {
    this.thread ??= new ThreadPool({
      name: 'policy',
      entry: threadEntry(__dirname, 'policy.thread'),
      threads: 1,
      timeoutMs: TASK_TIMEOUT_MS,
    });
    return this.thread.run<PolicyTask, Answer>(task);
  }

  private keep(bundle: Bundle): PreparedBundle {
    const prepared = prepare(bundle, cedar);
    this.kept.set(bundle.hash, prepared);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
    return prepared;
  }
}
