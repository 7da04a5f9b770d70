import type { AttemptId, ItemId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** An attempt keeps digests of what was sent, the picture in it, and of what came back. */
export interface AttemptCopy {
  readonly attempt: AttemptId;
  readonly beganAt: Date;
}

/** It asks nobody's permission. */
@Injectable()
export class AttemptCopies {
  /** Of ended attempts; one under way ends first. */
  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly AttemptCopy[]> {
    if (items.length === 0) return [];
    return read.manager.query<AttemptCopy[]>(
      `select id as attempt, began_at as "beganAt" from provider_attempt
        where tenant = $1 and item = any ($2::uuid[]) and ended_at is not null and request_sha256 <> decode(repeat('00', 32), 'hex') order by id`,
      [read.context.tenant, [...items]],
    );
  }

  /** The provider's own words go too, since they may repeat the prompt. What was billed stays. */
  async destroyDigests(write: WriteContext, attempts: readonly string[]): Promise<void> {
    await write.manager.query(
      `update provider_attempt set request_sha256 = decode(repeat('00', 32), 'hex'), response_sha256 = null, finish_message = null
        where tenant = $1 and id = any ($2::uuid[]) and ended_at is not null`,
      [write.context.tenant, [...attempts]],
    );
  }
}
