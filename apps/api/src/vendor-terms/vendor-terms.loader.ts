import { type VendorTerms, VendorTermsService } from '@imprimatur/domain/providers';
import type { Context, TermsId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class VendorTermsLoader extends RequestLoader<TermsId, VendorTerms> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly register: VendorTermsService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly TermsId[]): Promise<ReadonlyMap<TermsId, VendorTerms>> {
    const found = await this.unitOfWork.read(context, (read) => this.register.findMany(read, ids));
    return new Map(found.map((terms) => [terms.id, terms]));
  }
}
