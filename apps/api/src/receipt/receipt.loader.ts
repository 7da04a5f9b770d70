import { type ConsentReceipt, ReceiptService } from '@imprimatur/domain/consent';
import type { Context, ReceiptId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class ReceiptLoader extends RequestLoader<ReceiptId, ConsentReceipt> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly receipts: ReceiptService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly ReceiptId[]): Promise<ReadonlyMap<ReceiptId, ConsentReceipt>> {
    const found = await this.unitOfWork.read(context, (read) => this.receipts.findMany(read, ids));
    return new Map(found.map((receipt) => [receipt.id, receipt]));
  }
}
