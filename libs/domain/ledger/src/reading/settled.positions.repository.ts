import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

@Injectable()
export class SettledPositionsRepository {
  /** The tenant's newest position that is committed; '0': it has none. */
  async newest(read: ReadContext): Promise<string> {
    const rows = await read.manager.query<{ position: string }[]>(
      `select position from ledger_entry where tenant = $1 order by position desc limit 1`,
      [read.context.tenant],
    );
    return rows[0]?.position ?? '0';
  }

  /**
   * Transactions of whatever tenant and process that may have written an entry and are under way: an insert locks the table before it is given
   * its position, and lets go of it when its commit can be seen. Asked of PostgreSQL as it is now, and not as it was when `read` began.
   */
  async writers(read: ReadContext): Promise<readonly string[]> {
    const rows = await read.manager.query<{ writer: string }[]>(
      `select distinct virtualtransaction as writer from pg_locks
        where locktype = 'relation' and relation = 'ledger_entry'::regclass and mode = 'RowExclusiveLock' and granted
          and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.map(({ writer }) => writer);
  }
}
