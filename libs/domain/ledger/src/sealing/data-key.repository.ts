import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { DataKeyTable } from './data-key.tables.js';

export interface StoredDataKey {
  /** Values of the table's key, in its order. */
  readonly key: readonly string[];
  readonly wrapped: Uint8Array;
}

export interface Look {
  /** Those of the rows looked at whose outer wrapping is another key's. */
  readonly outdated: readonly StoredDataKey[];
  /** Key of the last row looked at; null: there are no more. */
  readonly last: readonly string[] | null;
}

@Injectable()
export class DataKeyRepository {
  /** At the next `limit` rows after `after`, in the order of the key. */
  async look(read: ReadContext, where: DataKeyTable, keyId: string, after: readonly string[] | null, limit: number): Promise<Look> {
    const columns = where.key.map(({ column }) => column).join(', ');
    const values: unknown[] = [read.context.tenant, keyId, limit, ...(after ?? [])];
    const beyond = where.key.map(({ type }, at) => `$${at + 4}::${type}`).join(', ');
    const rows = await read.manager.query<{ key: readonly string[]; wrapped: Uint8Array | null }[]>(
      `select array[${where.key.map(({ column }) => `${column}::text`).join(', ')}] as key,
              case when convert_from(${where.wrapped}, 'UTF8') <> '' and convert_from(${where.wrapped}, 'UTF8')::jsonb ->> 'keyId' <> $2
                   then ${where.wrapped} end as wrapped
         from ${where.table} where tenant = $1${after ? ` and (${columns}) > (${beyond})` : ''} order by ${columns} limit $3`,
      values,
    );
    const outdated = rows.flatMap(({ key, wrapped }) => (wrapped === null ? [] : [{ key, wrapped }]));
    return { outdated, last: rows.length < limit ? null : (rows.at(-1)?.key ?? null) };
  }

  /** Puts each `next` where its `old` still is: what was destroyed or wrapped anew meanwhile stays as it is. Answers how many. */
  async replace(
    write: WriteContext,
    where: DataKeyTable,
    changes: readonly { readonly old: StoredDataKey; readonly next: Uint8Array }[],
  ): Promise<number> {
    const names = where.key.map((_, at) => `k${at}`);
    const lists = where.key.map(({ type }, at) => `$${at + 4}::${type}[]`);
    const same = where.key.map(({ column }, at) => `t.${column} = c.k${at}`).join(' and ');
    const [, count] = await write.manager.query<[unknown, number]>(
      `update ${where.table} t set ${where.wrapped} = c.next
         from unnest($2::bytea[], $3::bytea[], ${lists.join(', ')}) as c (was, next, ${names.join(', ')})
        where t.tenant = $1 and ${same} and t.${where.wrapped} = c.was`,
      [
        write.context.tenant,
        changes.map(({ old }) => Buffer.from(old.wrapped)),
        changes.map(({ next }) => Buffer.from(next)),
        ...where.key.map((_, at) => changes.map(({ old }) => old.key[at])),
      ],
    );
    return count;
  }
}
