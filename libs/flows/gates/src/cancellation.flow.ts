import { EditingService, type Turn } from '@imprimatur/domain/editing';
import { ReviewService } from '@imprimatur/domain/review';
import type { Result, TurnId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** A turn that is given up leaves no review behind. */
@Injectable()
export class CancellationFlow {
  constructor(
    private readonly editing: EditingService,
    private readonly reviews: ReviewService,
  ) {}

  async cancel(write: WriteContext, id: TurnId): Promise<Result<Turn>> {
    const items = (await this.editing.itemsOfTurns(write, [id])).map((item) => item.id).sort();
    for (const item of items) await this.editing.lockItem(write, item);
    await this.reviews.lockWaitingOf(write, items);
    const cancelled = await this.editing.cancelTurn(write, id);
    if (!cancelled.ok) return cancelled;
    for (const item of await this.editing.findItems(write, items)) {
      if (item.state === 'cancelled') await this.reviews.void(write, item.id, 'cancelled');
    }
    return cancelled;
  }
}
