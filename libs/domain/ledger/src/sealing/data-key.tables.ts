import { assert } from '@imprimatur/kernel';
import { Injectable } from '@nestjs/common';

/** Where wrapped data keys are stored, one in each row. Names of our own, never of a request: they stand in statements as they are. */
export interface DataKeyTable {
  readonly table: string;
  /** What tells rows apart, but for the tenant: the rest of the primary key. */
  readonly key: readonly { readonly column: string; readonly type: 'uuid' | 'text' }[];
  /** bytea; null or empty: destroyed, or there is none. */
  readonly wrapped: string;
}

const NAME = /^[a-z_]+$/;

/** Every room that stores data keys says where, so that they move on with the tenant's key. */
@Injectable()
export class DataKeyTables {
  private readonly tables: DataKeyTable[] = [
    {
      table: 'ledger_payload',
      key: [
        { column: 'entry', type: 'uuid' },
        { column: 'part', type: 'text' },
      ],
      wrapped: 'wrapped_key',
    },
  ];

  register(table: DataKeyTable): void {
    assert(
      [table.table, table.wrapped, ...table.key.map(({ column }) => column)].every((name) => NAME.test(name)),
      'a table of data keys is named by plain names',
    );
    this.tables.push(table);
  }

  all(): readonly DataKeyTable[] {
    return this.tables;
  }
}
