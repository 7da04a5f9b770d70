import { PictureCopies } from '@imprimatur/domain/assets';
import { Ledger } from '@imprimatur/domain/ledger';
import { assetErased, ErasureService } from '@imprimatur/domain/retention';
import { type AssetId, type Context, type ErasureId } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import type { JobRun } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { ASSET_STEP, ErasureSteps, OBJECT_STEP, STEPS } from './erasure.steps.js';

const BATCH = 50;

/**
 * The job `erasure`: removes what the erasure made unreadable. Each batch is removed and marked in one transaction, objects before they are
 * marked; a worker that dies at any point is followed by one that goes on with what is not marked.
 */
@Injectable()
export class ErasureWork {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly erasures: ErasureService,
    private readonly steps: ErasureSteps,
    private readonly pictures: PictureCopies,
    private readonly ledger: Ledger,
  ) {}

  async carryOut(context: Context, id: ErasureId, run: Pick<JobRun, 'signal' | 'complete'>): Promise<void> {
    for (const step of STEPS) {
      for (;;) {
        run.signal.throwIfAborted();
        const batch = await this.unitOfWork.read(context, (read) => this.erasures.remaining(read, id, step, BATCH));
        if (batch.length === 0) break;
        if (step === OBJECT_STEP) await this.steps.removeObjects(context.tenant, batch);
        await this.unitOfWork.write(context, (write) => this.take(write, id, step, batch));
      }
    }
    await this.unitOfWork.write(context, async (write) => {
      await this.erasures.complete(write, id);
      await run.complete(write);
    });
  }

  /** A day after the worker gave up: what was promised is not forgotten. */
  async tryAgain(write: WriteContext, id: ErasureId): Promise<void> {
    await this.erasures.enqueueAgain(write, id);
  }

  private async take(write: WriteContext, id: ErasureId, step: string, batch: readonly string[]): Promise<void> {
    if (step === ASSET_STEP) await this.tellAssets(write, id, batch as readonly AssetId[]);
    else await this.steps.remove(write, step, batch);
    await this.erasures.markDone(write, id, step, batch);
  }

  /** Each asset's own trail says what it lost. */
  private async tellAssets(write: WriteContext, id: ErasureId, assets: readonly AssetId[]): Promise<void> {
    const erased = await this.pictures.erasedOf(write, assets);
    await this.ledger.appendAll(
      write,
      assets.map((asset) => assetErased(asset, erased.get(asset) ?? [], id)),
    );
    await this.steps.redactAssets(write, assets);
  }
}
