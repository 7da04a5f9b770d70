import { refuse, type Result } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { PolicyEngine } from './policy.engine.js';
import { bundleTampered, type PolicyRefusal } from './policy.refusals.js';
import { PolicyRepository } from './policy.repository.js';
import { BundleSignatures } from './policy.signatures.js';
import type { StoredBundle, TestedBundle } from './policy.types.js';

/** What every stored bundle goes through before it is asked about real turns, in whatever state. */
@Injectable()
export class BundleCheck {
  constructor(
    private readonly bundles: PolicyRepository,
    private readonly engine: PolicyEngine,
    private readonly signatures: BundleSignatures,
  ) {}

  /** Its files are what its hash names, signed where that is demanded; its tests are asked again, because the service may have changed since. */
  async sound(read: ReadContext, bundle: StoredBundle): Promise<Result<TestedBundle, PolicyRefusal>> {
    const files = await this.bundles.files(read, bundle.id);
    if (this.engine.hashOf(files) !== bundle.hash) return refuse(bundleTampered());
    const unsigned = this.signatures.refusal(files, bundle.hash);
    if (unsigned) return refuse(unsigned);
    return this.engine.test(files);
  }
}
