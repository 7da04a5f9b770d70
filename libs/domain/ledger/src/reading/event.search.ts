import { parseEntry } from '@imprimatur/formats/ledger';
import { Fault } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { EventSearchRepository } from './event.search.repository.js';
import type { EventCount, EventFilter, SearchPage } from './event.types.js';
import type { AuditEvent } from '../ledger.types.js';
import type { StoredEntry } from './reader.repository.js';

/** Events are counted to here. */
export const COUNT_MAX = 10_000;
/** Rows looked at to count; a filter whose parts seldom meet would else walk the whole log. */
const LOOKED_AT_MAX = 50_000;

/** Finds events of a tenant by what they are. Whoever calls has asked whether the actor may read the ledger. */
@Injectable()
export class EventSearch {
  constructor(private readonly repository: EventSearchRepository) {}

  /** In the order in which they were written, oldest first; to `page.upTo`, behind which one that commits late may still appear. */
  async find(read: ReadContext, filter: EventFilter, page: SearchPage): Promise<readonly AuditEvent[]> {
    return (await this.repository.find(read, filter, page)).map(eventOf);
  }

  /** Exact to 10,000; from there on, and where 50,000 rows were looked at, what was found so far. */
  async count(read: ReadContext, filter: EventFilter, upTo?: string): Promise<EventCount> {
    const { found, lookedAt } = await this.repository.count(read, filter, COUNT_MAX + 1, LOOKED_AT_MAX + 1, upTo);
    return { count: Math.min(found, COUNT_MAX), isExact: found <= COUNT_MAX && lookedAt <= LOOKED_AT_MAX };
  }
}

/** Throws Fault ENTRY_UNREADABLE: the stored bytes are no entry that this version can read. */
export function eventOf(stored: StoredEntry): AuditEvent {
  const parsed = parseEntry(stored.bytes);
  if (parsed.status !== 'entry')
    throw new Fault({ room: 'ledger', code: 'ENTRY_UNREADABLE', message: `entry ${stored.id} cannot be read` });
  return { id: stored.id, entry: parsed.entry, bytes: stored.bytes, index: stored.index, position: stored.position };
}
