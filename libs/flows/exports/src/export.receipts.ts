import { LedgerReader } from '@imprimatur/domain/ledger';
import { carriesCosignature, type Receipt } from '@imprimatur/formats/ledger';
import type { Context, EntryId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Later } from '@imprimatur/platform/jobs';
import { Inject, Injectable } from '@nestjs/common';

const UNSIGNED_LOOK_AGAIN_MS = 100;
const UNWITNESSED_LOOK_AGAIN_MS = 1_000;

export interface ExportReceiptSettings {
  /** An export waits until a witness stands behind both of its receipts: up to a minute or so, as log 0 is written. */
  readonly waitForWitness: boolean;
}

/** Injection token. */
export const EXPORT_RECEIPT_SETTINGS = Symbol('ExportReceiptSettings');

/** Nothing is signed without its receipts: while they are not there, the job waits. */
@Injectable()
export class ExportReceipts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerReader,
    @Inject(EXPORT_RECEIPT_SETTINGS) private readonly settings: ExportReceiptSettings,
  ) {}

  async find(context: Context, entry: EntryId, disclose: readonly string[]): Promise<Receipt> {
    const receipt = await this.unitOfWork.read(context, (read) => this.ledger.receipt(read, entry, disclose));
    if (receipt === null) throw new Later(UNSIGNED_LOOK_AGAIN_MS);
    if (this.settings.waitForWitness && !carriesCosignature(receipt)) throw new Later(UNWITNESSED_LOOK_AGAIN_MS);
    return receipt;
  }
}
