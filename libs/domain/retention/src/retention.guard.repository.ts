import type { WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Holds and destruction happen one after the other: whoever destroys has seen every hold that was acknowledged before. */
@Injectable()
export class RetentionGuard {
  /** Until the transaction ends, of this tenant. What is read after it sees everything that was committed under it. */
  async take(write: WriteContext): Promise<void> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`imprimatur/retention/${write.context.tenant}`]);
  }
}
