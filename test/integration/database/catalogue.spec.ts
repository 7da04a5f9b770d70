import { createTestDatabase, type TestDatabase } from '../../support/database';
import { CATALOGUE } from './catalogue';
import { APPEND_ONLY, EXCEPTIONS } from './exceptions';

interface Finding {
  readonly relation: string;
  readonly finding: string;
  readonly detail: string;
}

describe('the catalogue of the migrated schema', () => {
  let database: TestDatabase;
  const findings = (): Promise<Finding[]> => database.asAdmin<Finding>(CATALOGUE, [[...APPEND_ONLY]]);
  const excepted = ({ relation, finding }: Finding): boolean =>
    EXCEPTIONS.some((exception) => exception.relation === relation && exception.findings.includes(finding));

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());

  it('isolates tenants everywhere, but for the listed exceptions', async () => {
    expect((await findings()).filter((found) => !excepted(found))).toEqual([]);
  });

  it('has no exception that nothing needs', async () => {
    const found = await findings();
    const idle = EXCEPTIONS.flatMap(({ relation, findings: names }) => names.map((finding) => ({ relation, finding }))).filter(
      ({ relation, finding }) => !found.some((one) => one.relation === relation && one.finding === finding),
    );
    expect(idle).toEqual([]);
  });

  it.each([
    ['rls-not-forced', `alter table subject no force row level security`],
    ['no-policy', `drop policy tenant_isolation on subject`],
    ['owner', `alter table subject owner to postgres`],
    ['key-without-tenant', `create unique index probe on subject (ref)`],
    [
      'foreign-key-without-tenant',
      `create unique index probe on subject (id); alter table member add foreign key (id) references subject (id)`,
    ],
    ['grant', `grant truncate on subject to imprimatur_app`],
    ['function-for-everybody', `grant execute on function current_tenant() to public`],
    ['schema-create', `grant create on schema public to imprimatur_app`],
    ['append-only-trigger', `alter table review_decision disable trigger append_only_table`],
    ['append-only-grant', `grant update on review_decision to imprimatur_app`],
    ['view-of-its-owner', `create view probe as select * from subject`],
    ['materialised-view', `create materialized view probe as select 1 as one`],
  ])('sees a broken rule: %s', async (finding, breaking) => {
    const broken = await createTestDatabase();
    try {
      await broken.asAdmin(breaking);
      const found = await broken.asAdmin<Finding>(CATALOGUE, [[...APPEND_ONLY]]);
      expect(found.filter((one) => !excepted(one)).map((one) => one.finding)).toContain(finding);
    } finally {
      await broken.close();
    }
  });
});
