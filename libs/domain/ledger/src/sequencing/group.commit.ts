import type { Context, SubjectId } from '@imprimatur/kernel';
import type { UnitOfWork, WriteContext } from '@imprimatur/platform/database';
import { draftEntry } from '../writing/entry.draft.js';
import type { NewEvent, SignedEntry } from '../ledger.types.js';
import type { DataKey, Sealing } from '../sealing/sealing.js';
import type { Sequencer } from './sequencer.js';

/**
 * Stand-alone events: those that tell no change of the database, so that there is no transaction to write them in. Lives beside the sequencer.
 * While a round is under way, callers gather; the next round writes and integrates all of their entries in one transaction.
 */
export class GroupCommit {
  constructor(
    private readonly sequencer: Sequencer,
    private readonly sealing: Sealing,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Resolves when the entry is in the tree and under a signed checkpoint. Throws as `Sequencer.appendStandalone`; the entry is then whole or
   * absent. An event about an asset waits for transactions that write to the history of that asset.
   */
  async append(context: Context, event: NewEvent): Promise<SignedEntry> {
    const draft = event.parts
      ? await this.unitOfWork.write(context, (write) => draftEntry(context, event, (subjects) => this.newDataKey(write, subjects)))
      : await draftEntry(context, event, () => Promise.reject(new Error('an event without parts needs no key')));
    return this.sequencer.appendStandalone(draft);
  }

  /** Keys of subjects are committed before the entry: a key without an entry opens nothing, and the next event finds it. */
  private newDataKey(write: WriteContext, subjects: readonly SubjectId[]): Promise<DataKey> {
    return this.sealing.newDataKey(write, subjects);
  }
}
