import { EditingService, type ItemState } from '@imprimatur/domain/editing';
import { ReviewService } from '@imprimatur/domain/review';
import type { ItemId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** How an item ends whose picture was erased, from each state that is no end; all are moves that the service may make by itself. */
const ENDS: Readonly<Partial<Record<ItemState, ItemState>>> = {
  submitted: 'failed',
  screened: 'failed',
  rendering: 'failed',
  rendered: 'failed',
  inspected: 'failed',
  'held-before': 'expired',
  clarifying: 'expired',
  held: 'expired',
  'changes-requested': 'expired',
  released: 'blocked',
};

/** What becomes of work on a picture that is there no more. */
@Injectable()
export class ItemEnding {
  constructor(
    private readonly editing: EditingService,
    private readonly reviews: ReviewService,
  ) {}

  /** Ended already: nothing but its task, if one still waits. */
  async end(write: WriteContext, id: ItemId): Promise<void> {
    const item = await this.editing.lockItem(write, id);
    if (!item.ok) return;
    await this.reviews.void(write, id, 'erased');
    const to = ENDS[item.value.state];
    if (to === undefined) return;
    const failure = to === 'failed' ? { failure: { code: 'CONTENT_ERASED', retryable: false } } : {};
    await this.editing.move(write, id, to, { expectedFrom: item.value, facts: { why: 'erased' }, ...failure });
  }
}
