import { PolicyService, type StoredBundle } from '@imprimatur/domain/policies';
import type { BundleId, Context } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class PolicyVersionLoader extends RequestLoader<BundleId, StoredBundle> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly policies: PolicyService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly BundleId[]): Promise<ReadonlyMap<BundleId, StoredBundle>> {
    const found = await this.unitOfWork.read(context, (read) => this.policies.findMany(read, ids));
    return new Map(found.map((bundle) => [bundle.id, bundle]));
  }
}
