import { MAIL_JOB } from '@imprimatur/domain/notices';
import { DELIVERY_JOB } from '@imprimatur/domain/webhooks';
import type { MailFlow, WebhookFlow } from '@imprimatur/flows/notifications';
import { assert, type DeliveryId, type NoticeId, systemContext, type TenantId } from '@imprimatur/kernel';
import { type Job, type JobConsumer, Later } from '@imprimatur/platform/jobs';

/** They wait for others, mostly. */
const DELIVERIES_AT_ONCE = 16;
/** Of these, for one tenant: the slow receivers of one must not keep those of others waiting. */
const DELIVERIES_OF_A_TENANT = 6;
const NEXT_TURN_MS = 500;
const MAILS_AT_ONCE = 2;
const MAIL_ATTEMPTS_MAX = 12;
const MINUTE_MS = 60_000;
const MAIL_WAIT_MS_MAX = 6 * 60 * MINUTE_MS;

/** What goes out to systems and mailboxes. When a delivery is tried again its own room says: an outcome is no error of the job. */
export function registerNotifications(consumer: JobConsumer, webhooks: WebhookFlow, mails: MailFlow): void {
  const turns = new Turns(DELIVERIES_OF_A_TENANT);
  consumer.register(
    DELIVERY_JOB,
    (run) => turns.take(run.job.tenant, () => webhooks.carryOut(contextOf(run.job), idIn<DeliveryId>(run.job, 'delivery'), run)),
    {
      concurrency: DELIVERIES_AT_ONCE,
      onDead: (job, _error, write) => webhooks.tryAgain(write, idIn<DeliveryId>(job, 'delivery')),
    },
  );
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

/** So much at once for each tenant in this process; what is more comes again in a moment. */
class Turns {
  private readonly taken = new Map<TenantId, number>();

  constructor(private readonly max: number) {}

  async take(tenant: TenantId, work: () => Promise<void>): Promise<void> {
    const running = this.taken.get(tenant) ?? 0;
    if (running >= this.max) throw new Later(NEXT_TURN_MS);
    this.taken.set(tenant, running + 1);
    try {
      await work();
    } finally {
      const left = (this.taken.get(tenant) ?? 1) - 1;
      if (left > 0) this.taken.set(tenant, left);
      else this.taken.delete(tenant);
    }
  }
}
