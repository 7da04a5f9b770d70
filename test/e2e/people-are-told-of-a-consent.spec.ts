import { newId } from '@imprimatur/kernel';
import sharp from 'sharp';
import { type Person, TestService, until } from '../support/service';
import { MARKETING, PORTRAIT, Story } from '../support/story';

const DAY_MS = 86_400_000;

interface Notice {
  readonly id: string;
  readonly kind: string;
  readonly consent: string | null;
  readonly daysLeft: number | null;
  readonly until: string | null;
  readonly exports: readonly string[];
  readonly readAt: string | null;
}

const NOTICES = `query($unread: Boolean! = false, $first: Int = 20, $after: String) { notices(unread: $unread, first: $first, after: $after) {
  edges { cursor node { id kind consent daysLeft until exports readAt } } pageInfo { hasNextPage endCursor } } }`;

describe('people are told of a consent', () => {
  let service: TestService;
  let story: Story;
  let brightness = 0.95;
  beforeAll(async () => {
    service = await TestService.start();
    story = await Story.begin(service);
  }, 120_000);
  afterAll(() => service?.close());

  const page = async (who: Person, variables: Record<string, unknown> = {}) =>
    (
      await who.graphql<{
        notices: { edges: { cursor: string; node: Notice }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
      }>(NOTICES, variables)
    ).notices;
  const told = async (who: Person, consent: string): Promise<readonly Notice[]> =>
    (await page(who, { first: 100 })).edges.map(({ node }) => node).filter((notice) => notice.consent === consent);

  /** Of a picture that nobody has seen before. */
  async function consented(validUntil: Date | null = null): Promise<{ asset: string; consent: string }> {
    brightness -= 0.03;
    const asset = await story.upload(await sharp(PORTRAIT).modulate({ brightness }).rotate(brightness).jpeg().toBuffer());
    await story.screened(asset);
    await story.consent(asset, MARKETING, 0, validUntil);
    const { consentRecords } = await story.legal.graphql<{ consentRecords: { edges: { node: { id: string } }[] } }>(
      '{ consentRecords(first: 1) { edges { node { id } } } }',
    );
    return { asset, consent: consentRecords.edges[0]?.node.id ?? '' };
  }
  async function exportOf(asset: string): Promise<string> {
    const { turn, item: first } = await story.edit(asset, 'brighten by 10%', MARKETING);
    // a picture like one that somebody withdrew before is looked at first
    if (first.state === 'HELD_BEFORE') await story.approve(first);
    const item = await story.settled(turn, ['HELD']);
    await story.approve(item);
    const started = await story.startExport(item.resultVersion?.id ?? '');
    if (started.__typename === 'Refused') throw new Error(JSON.stringify(started));
    expect((await story.exported(started.export.id)).state).toBe('DONE');
    return started.export.id;
  }
  async function withdraw(consent: string): Promise<void> {
    const { withdrawConsent } = await story.legal.graphql<{ withdrawConsent: { __typename: string } }>(
      `mutation($input: WithdrawConsentInput!) { withdrawConsent(input: $input) { __typename } }`,
      { input: { idempotencyKey: newId('request'), consent, reason: 'She asked us to.' } },
    );
    expect(withdrawConsent.__typename).toBe('WithdrawConsentSuccess');
  }
  const plainId = (consent: string): string => consent.slice('consent_'.length);
  const warnings = (consent: string) =>
    service.database.asAdmin<{ key: string; state: string }>(
      `select key, state from job where kind = 'consent-warning' and payload->>'consent' = $1 order by id`,
      [plainId(consent)],
    );
  /** Has the worker look at a warning now that was scheduled for a later time, or was done; one that it is looking at already it looks at. */
  async function force(consent: string, days: number): Promise<void> {
    await service.database.asAdmin(
      `with again as (update job set state = 'queued', run_at = now(), ended_at = null, attempts = 0 where kind = 'consent-warning' and key = $1 and state <> 'running')
       select pg_notify('imprimatur_job', 'consent-warning')`,
      [`${plainId(consent)}/${days}`],
    );
  }
  async function runWarning(consent: string, days: number): Promise<void> {
    await force(consent, days);
    await until(
      () => warnings(consent),
      (jobs) => jobs.some((job) => job.key === `${plainId(consent)}/${days}` && job.state === 'done'),
    );
  }

  it('that was withdrawn: whose exports rest on it, and who registered it, but not who did it', async () => {
    const { asset, consent } = await consented();
    const exported = await exportOf(asset);
    await withdraw(consent);
    await withdraw(consent);
    expect(await told(story.creator, consent)).toEqual([
      {
        id: expect.any(String) as string,
        kind: 'CONSENT_WITHDRAWN',
        consent,
        daysLeft: null,
        until: null,
        exports: [exported],
        readAt: null,
      },
    ]);
    expect(await told(story.legal, consent)).toEqual([]);
    expect(await told(story.approver, consent)).toEqual([]);
  }, 120_000);

  it('that its person withdrew: who registered it, too', async () => {
    const { consent } = await consented();
    const { issueConsentReceipt } = await story.legal.graphql<{ issueConsentReceipt: { capability: string; receipt: { id: string } } }>(
      `mutation($input: IssueConsentReceiptInput!) { issueConsentReceipt(input: $input) { ... on IssueConsentReceiptSuccess { capability receipt { id } } } }`,
      { input: { idempotencyKey: newId('request'), consent } },
    );
    const { capability, receipt } = issueConsentReceipt;
    const both = await Promise.all(
      [1, 2].map(() =>
        fetch(`${service.url}/receipts/${receipt.id}/withdraw`, { method: 'POST', headers: { authorization: `Bearer ${capability}` } }),
      ),
    );
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(await told(story.legal, consent)).toMatchObject([{ kind: 'CONSENT_WITHDRAWN', exports: [] }]);
    expect(await told(story.creator, consent)).toEqual([]);
  }, 60_000);

  it('that ends in 30 days, once, with the exports that rest on it', async () => {
    const end = new Date(Date.now() + 30 * DAY_MS + 15_000);
    const { asset, consent } = await consented(end);
    const exported = await exportOf(asset);
    expect((await warnings(consent)).map(({ key }) => key.slice(key.indexOf('/') + 1))).toEqual(['30', '7', '1']);
    const [first] = await until(
      () => told(story.creator, consent),
      (notices) => notices.length > 0,
    );
    expect(first).toMatchObject({ kind: 'CONSENT_EXPIRING', daysLeft: 30, until: end.toISOString(), exports: [exported] });
    await runWarning(consent, 30);
    // one whose time has not come goes back to where it was
    await force(consent, 7);
    await until(
      () =>
        service.database.asAdmin<{ waits: boolean }>(
          `select run_at > now() + interval '22 days' as waits from job where kind = 'consent-warning' and key = $1 and state = 'queued'`,
          [`${plainId(consent)}/7`],
        ),
      ([job]) => job?.waits === true,
    );
    expect(await told(story.creator, consent)).toHaveLength(1);
    expect(await told(story.legal, consent)).toMatchObject([{ kind: 'CONSENT_EXPIRING', daysLeft: 30, exports: [] }]);
    const { auditEvents } = await story.auditor.graphql<{ auditEvents: { edges: { node: { type: string } }[] } }>(
      '{ auditEvents(filter: { types: ["consent.expiry-warned"] }) { edges { node { type } } } }',
    );
    expect(auditEvents.edges).toHaveLength(1);
  }, 120_000);

  it('that ends in two days: not by the warnings whose time was over when it was registered', async () => {
    const { consent } = await consented(new Date(Date.now() + 2 * DAY_MS));
    expect((await warnings(consent)).map(({ key }) => key.slice(key.indexOf('/') + 1))).toEqual(['1']);
    await service.database.asAdmin(
      `insert into job (tenant, kind, key, payload)
         select tenant, kind, replace(key, '/1', '/30'), payload || '{"days": 30}' from job where kind = 'consent-warning' and payload->>'consent' = $1`,
      [plainId(consent)],
    );
    await runWarning(consent, 30);
    expect(await told(story.legal, consent)).toEqual([]);
  }, 60_000);

  it('that was withdrawn before: not that it ends', async () => {
    const end = new Date(Date.now() + DAY_MS - 1_000);
    const { consent } = await consented(end);
    await withdraw(consent);
    expect(await warnings(consent)).toEqual([]);
    await service.database.asAdmin(
      `insert into job (tenant, kind, key, payload)
         select tenant, 'consent-warning', id || '/1', jsonb_build_object('consent', id, 'version', 1, 'days', 1)
           from consent_record where id = $1 and version = 1`,
      [plainId(consent)],
    );
    await runWarning(consent, 1);
    expect(await told(story.legal, consent)).toEqual([]);
    const other = await consented(end);
    await service.database.asAdmin(
      `insert into job (tenant, kind, key, payload)
         select tenant, 'consent-warning', id || '/1', jsonb_build_object('consent', id, 'version', 1, 'days', 1)
           from consent_record where id = $1 and version = 1`,
      [plainId(other.consent)],
    );
    await runWarning(other.consent, 1);
    expect(await told(story.legal, other.consent)).toMatchObject([{ daysLeft: 1 }]);
  }, 60_000);

  it('and read it page by page, each their own, once', async () => {
    const all = (await page(story.legal, { first: 100 })).edges.map(({ node }) => node.id);
    const first = await page(story.legal, { first: 2 });
    const second = await page(story.legal, { first: 2, after: first.pageInfo.endCursor });
    expect([...first.edges, ...second.edges].map(({ node }) => node.id)).toEqual(all.slice(0, 4));
    const mark = async (who: Person, notice: string) =>
      (
        await who.graphql<{ markNoticeRead: { notice?: Notice; code?: string } }>(
          `mutation($input: MarkNoticeReadInput!) { markNoticeRead(input: $input) { ... on Refused { code } ... on MarkNoticeReadSuccess { notice { id readAt } } } }`,
          { input: { idempotencyKey: newId('request'), notice } },
        )
      ).markNoticeRead;
    const [own = ''] = all;
    expect(await mark(story.creator, own)).toEqual({ code: 'NOT_FOUND' });
    expect(await mark(story.creator, 'notice_x')).toEqual({ code: 'NOT_FOUND' });
    const { node } = await story.creator.graphql<{ node: object | null }>('query($id: ID!) { node(id: $id) { id } }', { id: own });
    expect(node).toBeNull();
    const read = await mark(story.legal, own);
    expect(read.notice?.readAt).not.toBeNull();
    expect(await mark(story.legal, own)).toEqual(read);
    const unread = (await page(story.legal, { first: 100, unread: true })).edges.map(({ node: left }) => left.id);
    expect(unread).toEqual(all.slice(1));
  }, 60_000);
});
