import type { FormattedExecutionResult } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import sharp from 'sharp';
import WebSocket from 'ws';
import { newId } from '@imprimatur/kernel';
import { Mailbox } from '../support/mailbox';
import { type Person, type Refused, TestService, until } from '../support/service';
import { DRAFT, type Item, Story } from '../support/story';
import { verified, WebhookReceiver } from '../support/webhook-receiver';

interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly entry: string;
  readonly state: string;
  readonly nextTryAt: string | null;
  readonly attempts: readonly { readonly status: number | null; readonly failure: string | null; readonly answer: string | null }[];
}
interface Hook {
  readonly id: string;
  readonly address: string;
  readonly state: string;
  readonly disabledFor: string | null;
}
type Answer =
  Refused | { readonly __typename: string; readonly secret?: string | null; readonly webhook: Hook; readonly delivery: Delivery };

const TYPES = ['turn.submitted', 'item.held', 'task.opened', 'task.decided', 'item.released', 'version.released'];
const PROMPT = 'brighten by 10%';
const ADDRESS = 'tom@example.org';

async function run(person: Person, operation: string, input: Record<string, unknown>, fields: string): Promise<Answer> {
  const type = operation[0]?.toUpperCase() + operation.slice(1);
  const answer = await person.graphql<Record<string, Answer>>(
    `mutation($input: ${type}Input!) { ${operation}(input: $input) { __typename ... on ${type}Success { ${fields} } ... on Refused { code message remedy } } }`,
    { input: { idempotencyKey: newId('request'), ...input } },
  );
  const given = answer[operation];
  if (!given || given.__typename === 'Refused') throw new Error(JSON.stringify(given));
  return given;
}

/** The next event of a subscription; null: it has ended. */
async function next<T>(stream: AsyncIterator<FormattedExecutionResult<T, unknown>>): Promise<FormattedExecutionResult<T, unknown> | null> {
  const step: IteratorResult<FormattedExecutionResult<T, unknown>, unknown> = await stream.next();
  return step.done === true ? null : step.value;
}

describe('people and systems are told', () => {
  const receiver = new WebhookReceiver();
  let mailbox: Mailbox;
  let service: TestService;
  let story: Story;
  let tom: Person;
  let asset: string;
  let otherApi: string;
  let gone: string;
  let hook: Hook;
  let secret: string;
  beforeAll(async () => {
    mailbox = await Mailbox.open();
    await receiver.open();
    const env = { IMPRIMATUR_SMTP_URL: mailbox.url, IMPRIMATUR_MAIL_FROM: 'Imprimatur <no-reply@imprimatur.test>' };
    service = await TestService.start({ env });
    story = await Story.begin(service);
    tom = await service.signIn('tom');
    asset = await story.upload(
      await sharp({ create: { width: 320, height: 240, channels: 3, background: '#a74' } })
        .png()
        .toBuffer(),
    );
    [otherApi] = await Promise.all([service.startAnotherApi(), story.screened(asset)]);
  }, 120_000);
  afterAll(async () => {
    await service?.close();
    await receiver.close();
    await mailbox?.close();
  });

  const deliveries = async (): Promise<readonly Delivery[]> =>
    (
      await tom.graphql<{ webhookDeliveries: { edges: { node: Delivery }[] } }>(
        `query($id: ID!) { webhookDeliveries(webhook: $id, first: 100) { edges { node { id type entry state nextTryAt attempts { status failure answer } } } } }`,
        { id: hook.id },
      )
    ).webhookDeliveries.edges.map(({ node }) => node);
  /** The next tries come now: an hour passes. */
  const timePasses = () => service.database.asAdmin(`update job set run_at = now() where kind = 'webhook-delivery' and state = 'queued'`);
  /** Looked up beside the API, whose allowance waiting would use up. */
  const settledAs = (state: string, attempts: number) =>
    until(
      () =>
        service.database.asAdmin<{ waiting: number }>(
          `select count(*)::int as waiting from webhook_delivery where state <> $1 or attempts < $2`,
          [state, attempts],
        ),
      ([found]) => found?.waiting === 0,
    );
  async function held(): Promise<Item> {
    return story.settled(await story.submit(await story.session([asset], DRAFT), asset, PROMPT), ['HELD', 'RELEASED']);
  }

  it('a receiver that is down for an hour misses nothing, and can tell what came first', async () => {
    const created = await run(tom, 'createWebhook', { url: receiver.url, eventTypes: TYPES }, 'secret webhook { id address state }');
    if (!('webhook' in created)) throw new Error('a webhook was made');
    hook = created.webhook;
    secret = created.secret ?? '';
    expect(hook.address).not.toContain('in-the-query');
    await receiver.close();

    const item = await held();
    if (item.state === 'HELD') await story.approve(item);
    await settledAs('pending', 1);
    await timePasses();
    await settledAs('pending', 2);
    const failed = await deliveries();
    expect(failed.map(({ state }) => state)).toEqual(failed.map(() => 'PENDING'));
    expect(failed[0]?.attempts[0]).toMatchObject({ status: null, failure: 'EGRESS_FAILED' });

    await receiver.open();
    await timePasses();
    await settledAs('delivered', 3);
    const done = await deliveries();
    const messages = receiver.received.map((each) => verified(each, secret));
    const inOrder = [...messages].sort((one, other) => one.data.sequence - other.data.sequence);
    const entries = await service.database.asAdmin<{ id: string; type: string }>(
      `select id, type from ledger_entry where type = any ($1) order by position`,
      [TYPES],
    );
    expect(inOrder.map(({ type, data }) => ({ type, id: data.entry.slice('entry_'.length) }))).toEqual(entries);
    expect(new Set(receiver.received.map(({ id }) => id))).toEqual(new Set(done.map(({ id }) => id)));
    expect(receiver.received.map(({ body }) => body).join()).not.toContain(PROMPT);
    for (const each of receiver.received) expect(() => verified({ ...each, body: '{}' }, secret)).toThrow();
  }, 120_000);

  it('a worker that is killed before it recorded what it sent sends it again, under the same id', async () => {
    const [delivery] = await deliveries();
    const before = receiver.received.length;
    receiver.status = null;
    await run(tom, 'replayDelivery', { delivery: delivery?.id }, 'delivery { id state }');
    await until(
      async () => receiver.received.length,
      (count) => count === before + 1,
    );
    await service.stopApp('worker');
    receiver.status = 204;
    await service.leasesRunOut();
    await service.startApp('worker');
    await settledAs('delivered', 1);
    expect(receiver.received.slice(before).map(({ id }) => id)).toEqual([delivery?.id, delivery?.id]);
    expect(new Set(receiver.received.slice(before).map(({ body }) => body)).size).toBe(1);
  }, 120_000);

  it('subscribers hear it from another api process, until they lose their role', async () => {
    const socketOf = ({ token }: Person): Client =>
      createClient({
        url: `${otherApi.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 0,
      });
    const [approver, creator] = [socketOf(story.approver), socketOf(story.creator)];
    const queue = approver.iterate<{ reviewQueueChanged: { edges: { node: { id: string; item: { id: string } } }[] } }>({
      query: 'subscription { reviewQueueChanged { edges { node { id item { id } } } } }',
    });
    const tasks = async (): Promise<readonly string[] | undefined> =>
      (await next(queue))?.data?.reviewQueueChanged.edges.map(({ node }) => node.item.id);
    expect(await tasks()).toEqual([]);

    // with words to be put in, somebody must look at it
    const turn = await story.submit(await story.session([asset], DRAFT), asset, 'add the text "nude art" in the top left');
    const items = creator.iterate<{ itemChanged: { id: string; state: string } }>({
      query: `subscription { itemChanged(turn: "${turn}") { id state } }`,
    });
    const item = await story.settled(turn);
    expect(item.state).toBe('HELD_BEFORE');
    expect(await tasks()).toEqual([item.id]);
    const states: string[] = [];
    while (states.at(-1) !== 'HELD_BEFORE') states.push((await next(items))?.data?.itemChanged.state ?? 'nothing');
    await items.return?.();

    const { members } = await tom.graphql<{ members: { edges: { node: { id: string; roles: string[] } }[] } }>(
      '{ members { edges { node { id roles } } } }',
    );
    const ben = members.edges.find(({ node }) => node.roles.includes('APPROVER'))?.node.id;
    await run(tom, 'revokeRole', { member: ben, role: 'APPROVER' }, 'member { id }');
    await story.settled(await story.submit(await story.session([asset], DRAFT), asset, 'add the text "nude art" in the top left'));
    expect((await next(queue))?.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(await next(queue)).toBeNull();
    await Promise.all([approver.dispose(), creator.dispose()]);

    const administrator = socketOf(tom);
    const notices = administrator.iterate<{ noticeReceived: { kind: string; webhook: string } }>({
      query: 'subscription { noticeReceived { kind webhook } }',
    });
    const heard = next(notices);
    await run(
      tom,
      'setNotificationPreferences',
      { mailAddress: ADDRESS, preferences: [{ channel: 'MAIL', kinds: ['WEBHOOK_DISABLED'] }] },
      'notificationPreferences { mailAddress }',
    );
    await settledAs('delivered', 1);
    gone = (await deliveries())[0]?.id ?? '';
    receiver.status = 410;
    await run(tom, 'replayDelivery', { delivery: gone }, 'delivery { id state }');
    expect(await heard).toEqual({ data: { noticeReceived: { kind: 'WEBHOOK_DISABLED', webhook: hook.id } } });
    await administrator.dispose();
  }, 120_000);

  it('a receiver that is gone is not asked any more, and whoever wants it gets a mail without anything in it', async () => {
    const { webhooks } = await tom.graphql<{ webhooks: { edges: { node: Hook }[] } }>(
      '{ webhooks { edges { node { id address state disabledFor } } } }',
    );
    expect(webhooks.edges.map(({ node }) => node)).toEqual([
      { id: hook.id, address: hook.address, state: 'DISABLED', disabledFor: 'GONE' },
    ]);
    const refused = (await deliveries()).find(({ id }) => id === gone);
    expect(refused).toMatchObject({ state: 'FAILED', nextTryAt: null });
    expect(refused?.attempts.at(-1)?.status).toBe(410);
    expect(refused?.attempts.at(-1)?.answer).toHaveLength(200);

    await until(
      async () => mailbox.mails.length,
      (count) => count > 0,
    );
    const [mail] = mailbox.mails;
    expect(mail?.to).toEqual([ADDRESS]);
    expect(mail?.raw).toContain(hook.id);
    expect(mail?.raw).toContain('Content-Type: text/plain');
    const stored = await service.database.asAdmin<{ row: string }>(`select row_to_json(m)::text as row from mail_address m`);
    expect(JSON.stringify(stored)).not.toContain('tom@');
    expect(service.log()).not.toContain(ADDRESS);
    expect(service.log()).not.toContain(secret);
  }, 120_000);
});
