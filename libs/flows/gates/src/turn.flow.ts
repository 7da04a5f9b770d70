import { EditingService, type ItemState } from '@imprimatur/domain/editing';
import { type Context, Fault, type ItemId } from '@imprimatur/kernel';
import { UnitOfWork, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { InspectionStep } from './inspection.step.js';
import { RenderingStep } from './rendering.step.js';
import { ScreeningStep } from './screening.step.js';
import type { ItemStep } from './turn.step.js';

/**
 * Carries an item on, step by step, until it waits for somebody or has ended. Each step rests on the item's stored state alone, so a
 * worker that died is followed by one that runs the same function.
 */
@Injectable()
export class TurnFlow {
  private readonly steps: Readonly<Partial<Record<ItemState, ItemStep>>>;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly editing: EditingService,
    screening: ScreeningStep,
    rendering: RenderingStep,
    inspection: InspectionStep,
  ) {
    this.steps = { submitted: screening, screened: rendering, rendering, rendered: inspection };
  }

  async advance(context: Context, id: ItemId, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const item = await this.unitOfWork.read(context, (read) => this.editing.findItem(read, id));
      const step = item.ok ? this.steps[item.value.state] : undefined;
      if (!step) return;
      await step.take(context, id, signal);
    }
  }

  /** After the last attempt: the item ends as failed, unless somebody has moved it on. */
  async fail(write: WriteContext, id: ItemId, error: unknown): Promise<void> {
    const item = await this.editing.lockItem(write, id);
    if (!item.ok || !this.steps[item.value.state]) return;
    const failure = { code: error instanceof Fault ? error.code : 'UNEXPECTED', retryable: !(error instanceof Fault) || error.retryable };
    await this.editing.move(write, id, 'failed', { expectedFrom: item.value, failure });
  }
}
