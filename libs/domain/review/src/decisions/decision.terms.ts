import { Ledger } from '@imprimatur/domain/ledger';
import { assert, newId } from '@imprimatur/kernel';
import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { NewDecision, ReviewDecision, ReviewTask } from '../review.types.js';
import { ConditionRepository } from './condition.repository.js';
import { pinPlaced } from './decision.events.js';
import { PinRepository } from './pin.repository.js';

/** What comes with a decision: the conditions of an approval, the pins of what is to be changed. */
@Injectable()
export class DecisionTerms {
  constructor(
    private readonly conditions: ConditionRepository,
    private readonly pins: PinRepository,
    private readonly ledger: Ledger,
  ) {}

  /** In the transaction of the decision, which has been checked and stored. */
  async record(
    write: WriteContext,
    task: ReviewTask,
    decision: ReviewDecision,
    { conditions = [], pins = [], policy }: NewDecision,
  ): Promise<void> {
    for (const { code, channels } of conditions) {
      const offered = policy.conditions.find((each) => each.code === code);
      assert(offered, 'a condition that was checked is offered');
      const { kind, forbids } = offered;
      const bound = { session: task.session, asset: task.asset, version: task.version, entry: decision.entry };
      await this.conditions.insert(write, { decision: decision.id, code, kind, channels, forbids, ...bound });
    }
    for (const { x, y, text } of pins) {
      const pin = {
        ...{ id: newId('pin'), task: task.id, decision: decision.id, item: task.item, asset: task.asset, x, y },
        placedBy: decision.reviewer,
        placedAt: decision.decidedAt,
        resolved: null,
      };
      const { id: entry } = await this.ledger.append(write, pinPlaced(pin, text));
      await this.pins.insert(write, { ...pin, entry });
    }
  }
}
