import { migrate, migrationStatus, revertMigration } from '@imprimatur/platform/database';
import { createTestDatabase, type TestDatabase } from '../../support/database';

const LEFT = `
  select 'table ' || relname as left_over from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm') and relname <> 'schema_migration'
  union all select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace
  union all select 'type ' || typname from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')`;
const SHAPE = `
  select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns where table_schema = 'public' order by 1, 2`;

describe('the migrations', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.close());

  const downToEmpty = async (): Promise<void> => {
    while ((await migrationStatus(database.migratorUrl)).some(({ done }) => done)) await revertMigration(database.migratorUrl);
  };

  it('go down to nothing and up to the same schema, twice', async () => {
    const first = await database.asAdmin(SHAPE);
    const all = (await migrationStatus(database.migratorUrl)).map(({ name }) => name);
    expect(all).toContain('CreateFoundation20261123090000');
    for (let round = 0; round < 2; round += 1) {
      await downToEmpty();
      expect(await database.asAdmin(LEFT)).toEqual([]);
      expect(await migrate(database.migratorUrl)).toEqual(all);
      expect(await database.asAdmin(SHAPE)).toEqual(first);
    }
    expect(await migrate(database.migratorUrl)).toEqual([]);
  });

  it('run once when several starters race', async () => {
    await downToEmpty();
    const ran = await Promise.all([1, 2, 3].map(() => migrate(database.migratorUrl)));
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
  });
});
