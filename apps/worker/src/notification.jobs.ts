import { MAIL_JOB } from '@imprimatur/domain/notices';
import { DELIVERY_JOB } from '@imprimatur/domain/webhooks';
import type { MailFlow, WebhookFlow } from '@imprimatur/flows/notifications';
import { assert, type DeliveryId, type NoticeId, systemContext } from '@imprimatur/kernel';
import type { Job, JobConsumer } from '@imprimatur/platform/jobs';

/** They wait for others, mostly. */
const DELIVERIES_AT_ONCE = 16;
const MAILS_AT_ONCE = 2;
const MAIL_ATTEMPTS_MAX = 12;
const MINUTE_MS = 60_000;
const MAIL_WAIT_MS_MAX = 6 * 60 * MINUTE_MS;

/** What goes out to systems and mailboxes. When a delivery is tried again its own room says: an outcome is no error of the job. */
export function registerNotifications(consumer: JobConsumer, webhooks: WebhookFlow, mails: MailFlow): void {
  consumer.register(DELIVERY_JOB, (run) => webhooks.carryOut(contextOf(run.job), idIn<DeliveryId>(run.job, 'delivery'), run), {
    concurrency: DELIVERIES_AT_ONCE,
    onDead: (job, _error, write) => webhooks.tryAgain(write, idIn<DeliveryId>(job, 'delivery')),
  });
  consumer.register(MAIL_JOB, (run) => mails.carryOut(contextOf(run.job), idIn<NoticeId>(run.job, 'notice'), run), {
    concurrency: MAILS_AT_ONCE,
    attemptsMax: MAIL_ATTEMPTS_MAX,
    backoffMs: (attempt) => Math.min(MAIL_WAIT_MS_MAX, MINUTE_MS * 2 ** (attempt - 1)),
  });
}

const contextOf = (job: Job) => systemContext(job.tenant, `job-${job.id}`);

function idIn<T extends string>(job: Job, name: string): T {
  const id = job.payload[name];
  assert(typeof id === 'string', `a job of kind ${job.kind} names its ${name}`);
  return id as T;
}
