import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { Injectable } from '@nestjs/common';
import { ok, type Result } from '@imprimatur/kernel';
import {
  bundleHash,
  loadBundle,
  loadTestedBundle,
  prepare,
  runGoldens,
  type Bundle,
  type BundleFiles,
  type BundleRefusal,
  type PolicyTools,
  type PreparedBundle,
} from '@imprimatur/formats/policy';
import { bundleTestsFailed, type BundleTestsFailed } from './policy.refusals.js';

const TOOLS: PolicyTools = { cedar, sha256: (bytes) => hash('sha256', bytes, 'buffer') };
/** Different bundles kept prepared, the oldest going first. */
const KEPT = 32;

/** Bundles prepared in this process, by the hash of their content. */
@Injectable()
export class PolicyEngine {
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

  /** Loads files that nobody has seen yet: their golden tests must come out as written. */
  test(files: BundleFiles): Result<Bundle, BundleRefusal | BundleTestsFailed> {
    const loaded = loadBundle(files, TOOLS);
    if (!loaded.ok) return loaded;
    const failures = runGoldens(loaded.value, cedar);
    return failures.length === 0 ? loaded : { ok: false, refusal: bundleTestsFailed(failures) };
  }

  private keep(bundle: Bundle): PreparedBundle {
    const prepared = prepare(bundle, cedar);
    this.kept.set(bundle.hash, prepared);
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
    return prepared;
  }
}
