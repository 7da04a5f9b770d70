import { type DeliveryId, newId, systemContext, type WebhookId } from '@imprimatur/kernel';
import type { NewWebhook } from '@imprimatur/domain/webhooks';
import { Mailbox } from '../../support/mailbox';
import { verified, WebhookReceiver } from '../../support/webhook-receiver';
import { type NotificationRoom, openNotificationRoom, type Person } from './notification-room';

let room: NotificationRoom;
let mailbox: Mailbox;
const receiver = new WebhookReceiver();
beforeAll(async () => {
  [mailbox] = await Promise.all([Mailbox.open(), receiver.open()]);
  room = await openNotificationRoom(mailbox.url);
});
afterAll(async () => {
  await room.close();
  await Promise.all([mailbox.close(), receiver.close()]);
});
beforeEach(() => {
  receiver.status = 204;
  receiver.received.length = 0;
});

async function opened(wish: Partial<NewWebhook> = {}): Promise<{ tom: Person; webhook: WebhookId; secret: string }> {
  const tom = await room.person(await room.newTenant(), 'tenant-admin');
  const created = await room.write(tom, (write) =>
    room.webhooks.create(write, { kind: 'standard', url: receiver.url, types: ['item.held'], ...wish }),
  );
  if (!created.ok) throw new Error(created.refusal.code);
  return { tom, webhook: created.value.webhook.id, secret: created.value.secret ?? '' };
}

const waiting = (tenant: string) =>
  room.database.asAdmin<{ id: DeliveryId; state: string; attempts: number; jobs: number }>(
    `select d.id, d.state, d.attempts, (select count(*)::int from job j where j.key = d.id::text and j.state = 'queued') as jobs
       from webhook_delivery d where d.tenant = $1 order by d.sequence`,
    [tenant],
  );
const webhookOf = async (tom: Person, id: WebhookId) => (await room.read(tom, (read) => room.webhooks.findMany(read, [id])))[0];
async function delivered(tom: Person): Promise<DeliveryId> {
  await room.tell(tom);
  const id = (await waiting(tom.tenant)).at(-1)?.id;
  if (!id) throw new Error('there is a delivery');
  await room.deliver(systemContext(tom.tenant, 'job'), id);
  return id;
}

describe('what a webhook is told of', () => {
  it('is made with the event, and not without it; of other types and in other tenants there is none', async () => {
    const { tom } = await opened();
    const other = await room.person(await room.newTenant(), 'tenant-admin');
    await room.tell(tom);
    await room.tell(tom, 'item.released');
    await room.tell(other);
    expect(await waiting(tom.tenant)).toMatchObject([{ state: 'pending', attempts: 0, jobs: 1 }]);
    expect(await waiting(other.tenant)).toEqual([]);
    await expect(
      room.write(tom, async (write) => {
        await room.webhooks.create(write, { kind: 'standard', url: receiver.url, types: ['webhook.created'] });
        throw new Error('too bad');
      }),
    ).rejects.toThrow('too bad');
    expect(await waiting(tom.tenant)).toHaveLength(1);
  });

  it('is seen by nobody of another tenant, and read by who may', async () => {
    const { tom, webhook } = await opened();
    const id = await delivered(tom);
    const stranger = await room.person(await room.newTenant(), 'tenant-admin');
    const creator = await room.person(tom.tenant, 'creator');
    for (const who of [stranger, creator]) {
      expect(await room.read(who, (read) => room.deliveries.findMany(read, [id]))).toEqual([]);
      expect(await room.read(who, (read) => room.webhooks.findMany(read, [webhook]))).toEqual([]);
      const replayed = await room.write(who, (write) => room.deliveries.replay(write, id));
      expect(!replayed.ok && replayed.refusal.code).toBe(who === stranger ? 'NOT_FOUND' : 'FORBIDDEN');
    }
  });
});

describe('sending', () => {
  it('waits longer each time, gives up after ten attempts, and can be replayed', async () => {
    const { tom, webhook } = await opened();
    receiver.status = 503;
    const id = await delivered(tom);
    for (let made = 1; made < 10; made += 1) {
      expect(await waiting(tom.tenant)).toMatchObject([{ state: 'pending', attempts: made, jobs: 1 }]);
      await room.deliver(systemContext(tom.tenant, 'job'), id);
    }
    expect(await waiting(tom.tenant)).toMatchObject([{ state: 'failed', attempts: 10 }]);
    const attempts = await room.read(tom, (read) => room.deliveries.attemptsOf(read, [id]));
    expect(attempts.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 503));
    expect(attempts[0]?.answer).toHaveLength(200);

    receiver.status = 204;
    expect((await room.write(tom, (write) => room.deliveries.replay(write, id))).ok).toBe(true);
    const again = await room.write(tom, (write) => room.deliveries.replay(write, id));
    expect(!again.ok && again.refusal.code).toBe('DELIVERY_PENDING');
    await room.deliver(systemContext(tom.tenant, 'job'), id);
    expect(await waiting(tom.tenant)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
    expect((await webhookOf(tom, webhook))?.failingSince).toBeNull();
    expect(new Set(receiver.received.map((each) => each.id))).toEqual(new Set([`delivery_${id}`]));
  });

  it('signs with both secrets for a day after a rotation', async () => {
    const { tom, webhook, secret } = await opened();
    const rotated = await room.write(tom, (write) => room.webhooks.rotateSecret(write, webhook));
    if (!rotated.ok) throw new Error(rotated.refusal.code);
    await delivered(tom);
    const [received] = receiver.received;
    for (const each of [secret, rotated.value.secret ?? '']) expect(received && verified(received, each).type).toBe('item.held');
    const stored = await room.database.asAdmin<{ row: string }>(`select row_to_json(w)::text as row from webhook w where id = $1`, [
      webhook,
    ]);
    expect(JSON.stringify(stored)).not.toMatch(/whsec_|in-the-query/);
  });

  it('tells Slack in its own words, without a signature', async () => {
    const { tom, webhook } = await opened({ kind: 'slack' });
    await delivered(tom);
    expect(receiver.received[0]?.headers).not.toHaveProperty('webhook-signature');
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ text: expect.stringContaining('item.held') as string });
    const rotated = await room.write(tom, (write) => room.webhooks.rotateSecret(write, webhook));
    expect(!rotated.ok && rotated.refusal.code).toBe('WEBHOOK_NOT_SIGNED');
  });

  it('follows no redirect', async () => {
    const { tom } = await opened();
    receiver.status = 307;
    await delivered(tom);
    expect(await waiting(tom.tenant)).toMatchObject([{ state: 'pending', attempts: 1 }]);
    expect(receiver.received).toHaveLength(1);
  });
});

describe('a webhook ends', () => {
  it('when nothing reached it for five days: its administrators are told, and what waits is not sent', async () => {
    const { tom, webhook } = await opened();
    receiver.status = 500;
    await delivered(tom);
    expect((await webhookOf(tom, webhook))?.failingSince).not.toBeNull();
    await room.database.asAdmin(`update webhook set failing_since = now() - interval '5 days' where id = $1`, [webhook]);
    await room.tell(tom);
    await delivered(tom);
    expect(await webhookOf(tom, webhook)).toMatchObject({ state: 'disabled', disabled: { why: 'failing' }, disablings: 1 });
    const notices = await room.read(tom, (read) => room.notices.list(read, { unreadOnly: true, first: 10, after: null }));
    expect(notices).toMatchObject([{ kind: 'webhook-disabled', about: webhook, version: 1 }]);

    const before = receiver.received.length;
    for (const { id } of await waiting(tom.tenant)) await room.deliver(systemContext(tom.tenant, 'job'), id);
    expect(receiver.received).toHaveLength(before);
    expect((await waiting(tom.tenant)).map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
    await room.tell(tom);
    expect(await waiting(tom.tenant)).toHaveLength(3);
  });

  it('by hand, and can be enabled again', async () => {
    const { tom, webhook } = await opened();
    const id = await delivered(tom);
    for (let times = 0; times < 2; times += 1)
      expect((await room.write(tom, (write) => room.webhooks.disable(write, webhook))).ok).toBe(true);
    const replayed = await room.write(tom, (write) => room.deliveries.replay(write, id));
    expect(!replayed.ok && replayed.refusal.code).toBe('WEBHOOK_DISABLED');
    expect((await room.write(tom, (write) => room.webhooks.enable(write, webhook))).ok).toBe(true);
    expect(await webhookOf(tom, webhook)).toMatchObject({ state: 'active', disabled: null, disablings: 1 });
    const events = await room.database.asAdmin<{ type: string }>(
      `select e.type from ledger_entry e join ledger_about a on a.tenant = e.tenant and a.entry = e.id where a.about = $1 order by e.position`,
      [webhook],
    );
    expect(events.map(({ type }) => type)).toEqual(['webhook.created', 'webhook.disabled', 'webhook.enabled']);
  });
});

describe('mail', () => {
  const told = async (who: Person) => {
    const cause = { kind: 'webhook-disabled' as const, about: newId('webhook'), version: 1, daysLeft: null, until: null };
    await room.write(who, (write) => room.notices.tell(write, cause, [{ subject: who.subject, exports: [] }]));
    const [notice] = await room.read(who, (read) => room.notices.list(read, { unreadOnly: true, first: 1, after: null }));
    if (!notice) throw new Error('there is a notice');
    const jobs = await room.database.asAdmin(`select 1 from job where kind = 'notice-mail' and key = $1`, [notice.id]);
    return { notice, isEnqueued: jobs.length === 1 };
  };
  const wishes = (who: Person, mailAddress: string | null, kinds: readonly 'webhook-disabled'[]) =>
    room.write(who, (write) => room.preferences.set(write, { mailAddress, kinds: { mail: kinds } }));

  it('is for those who asked for that kind, once, and ends with the person', async () => {
    const who = await room.person(await room.newTenant(), 'tenant-admin');
    expect((await told(who)).isEnqueued).toBe(false);
    expect((await wishes(who, 'who@example.org', ['webhook-disabled'])).ok).toBe(true);
    const { notice, isEnqueued } = await told(who);
    expect(isEnqueued).toBe(true);
    for (let times = 0; times < 2; times += 1) await room.mail(systemContext(who.tenant, 'job'), notice.id);
    const mine = mailbox.mails.filter(({ to }) => to.includes('who@example.org'));
    expect(mine).toHaveLength(1);
    expect(mine[0]?.raw).toContain(`Message-ID: <notice_${notice.id}@imprimatur.test>`);
    expect(mine[0]?.raw).toContain(notice.about);

    expect((await room.read(who, (read) => room.persons.find(read, who.subject)))?.hasMailAddress).toBe(true);
    await room.write(who, (write) => room.persons.destroy(write, who.subject, new Date()));
    expect(await room.read(who, (read) => room.contacts.mailAddress(read, who.subject))).toBeNull();
    await room.mail(systemContext(who.tenant, 'job'), (await told(who)).notice.id);
    expect(mailbox.mails.filter(({ to }) => to.includes('who@example.org'))).toHaveLength(1);
  });

  it('that the server will never take is not tried for ever, and no fault names the address', async () => {
    const who = await room.person(await room.newTenant(), 'tenant-admin');
    mailbox.unknown.add('nobody@example.org');
    await wishes(who, 'nobody@example.org', ['webhook-disabled']);
    const { notice } = await told(who);
    const error = await room.mail(systemContext(who.tenant, 'job'), notice.id).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'MAIL_REFUSED', retryable: false });
    expect(String((error as Error).message) + String((error as Error).cause)).not.toContain('nobody@');
  });

  it.each(['no address', 'a@b', 'a@example.org\r\nbcc: b@example.org', 'A <a@example.org>'])('is not sent to %j', async (text) => {
    const who = await room.person(await room.newTenant(), 'tenant-admin');
    const set = await wishes(who, text, []);
    expect(!set.ok && set.refusal.code).toBe('MAIL_ADDRESS_INVALID');
  });
});
