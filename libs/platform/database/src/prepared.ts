import type { ReadContext } from './unit-of-work.js';

/** One SQL statement of whoever reads: the app under row-level security, or the sequencer. */
export type Query = <Row>(sql: string, values: readonly unknown[]) => Promise<Row[]>;

interface Prepares {
  query(config: {
    readonly name: string;
    readonly text: string;
    readonly values: readonly unknown[];
  }): Promise<{ readonly rows: unknown[] }>;
}

const names = new Map<string, string>();

/** The name under which a connection keeps the plan of `sql`. Texts are constants: as many names as statements. */
export function statementName(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) names.set(sql, (name = `prepared-${names.size}`));
  return name;
}

/** Statements of one transaction that each connection parses and plans once: planning cost more than running them. */
export function preparedQuery({ manager }: ReadContext): Query {
  return async <Row>(sql: string, values: readonly unknown[]): Promise<Row[]> => {
    const runner = manager.queryRunner;
    if (!runner) return manager.query<Row[]>(sql, [...values]); // a manager outside a transaction has no connection of its own
    const client = (await runner.connect()) as Prepares;
    return (await client.query({ name: statementName(sql), text: sql, values })).rows as Row[];
  };
}
