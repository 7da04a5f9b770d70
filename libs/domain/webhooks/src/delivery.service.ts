import { randomInt } from 'node:crypto';
import { allow } from '@imprimatur/domain/identity';
import { Ledger, LedgerReader } from '@imprimatur/domain/ledger';
import { assert, type DeliveryId, notFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { DeliveryRepository } from './delivery.repository.js';
import { WebhookDoors } from './webhook.doors.js';
import { deliveryReplayed } from './webhook.events.js';
import { slackMessage, standardMessage, type WebhookMessage } from './webhook.message.js';
import { deliveryPending, type WebhookRefusal } from './webhook.refusals.js';
import { WebhookRepository } from './webhook.repository.js';
import { disabledBy, isActive, isTaken, nextAttemptAt, validSecrets } from './webhook.rules.js';
import { WebhookService } from './webhook.service.js';
import type { Delivery, DeliveryAttempt, DeliveryPage, SendOutcome, Webhook } from './webhook.types.js';

/** The job of one delivery. Payload: `delivery`. The trigger `tell_webhooks` makes the first, in the transaction of the event. */
export const DELIVERY_JOB = 'webhook-delivery';

const DAY_MS = 86_400_000;
/** For how long the log of a delivery that ended is kept. */
const KEPT_DAYS = 30;
const CHANCES = 1_000;

/** What is to be sent, and where to. */
export interface Prepared extends WebhookMessage {
  readonly delivery: Delivery;
  readonly url: string;
  /** public: whatever a name leads to. any: this machine itself, in development. */
  readonly reach: 'any' | 'public';
}

/** What waits to be told, and what came of it. Sending lies between `prepare` and `record`, outside any transaction. */
@Injectable()
export class DeliveryService {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly webhooks: WebhookRepository,
    private readonly doors: WebhookDoors,
    private readonly service: WebhookService,
    private readonly reader: LedgerReader,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
  ) {}

  /** Null: there is nothing to be sent; `record` with null then ends it. */
  async prepare(read: ReadContext, id: DeliveryId): Promise<Prepared | null> {
    const [delivery] = await this.deliveries.findMany(read, [id]);
    if (delivery?.state !== 'pending') return null;
    const [webhook] = await this.webhooks.findMany(read, [delivery.webhook]);
    if (!webhook || !isActive(webhook)) return null;
    const event = await this.reader.event(read, delivery.entry);
    assert(event, 'a delivery tells of an entry');
    const [door, now] = [await this.doors.open(read, webhook.id), systemClock.now()];
    const message =
      webhook.kind === 'slack'
        ? slackMessage(delivery, event.entry)
        : standardMessage(delivery, event.entry, validSecrets(door.secrets, now), now);
    return { ...message, delivery, url: door.url, reach: this.service.reachOf(door.url) };
  }

  /**
   * One attempt, and what follows: done, another job for the next, or given up. Answers the webhook when this ended it. Outcome null: nothing was sent,
   * for the webhook is disabled.
   */
  async record(write: WriteContext, id: DeliveryId, outcome: SendOutcome | null): Promise<Webhook | null> {
    const delivery = await this.deliveries.lock(write, id);
    if (delivery?.state !== 'pending') return null;
    if (outcome === null) {
      await this.deliveries.end(write, id, 'failed', delivery.attempts, systemClock.now());
      return null;
    }
    const made = delivery.attempts + 1;
    await this.deliveries.insertAttempt(write, { ...outcome, delivery: id });
    if (!isTaken(outcome)) return this.failed(write, delivery, made, outcome);
    await this.deliveries.end(write, id, 'delivered', made, outcome.at);
    await this.webhooks.setReached(write, delivery.webhook);
    await this.deliveries.sweep(write, new Date(outcome.at.getTime() - KEPT_DAYS * DAY_MS));
    return null;
  }

  /** The same message once more, under the same id, with as many attempts as it had at first. */
  async replay(write: WriteContext, id: DeliveryId): Promise<Result<Delivery, WebhookRefusal>> {
    const denied = allow(write.context, 'administer', 'Webhook');
    if (denied) return refuse(denied);
    const delivery = await this.deliveries.lock(write, id);
    if (!delivery) return refuse(notFound('delivery'));
    const webhook = await this.service.lockActive(write, delivery.webhook);
    if (!webhook.ok) return webhook;
    if (delivery.state === 'pending') return refuse(deliveryPending());
    const nextAt = systemClock.now();
    await this.deliveries.wait(write, id, 0, nextAt);
    await this.enqueue(write, id, nextAt);
    await this.ledger.append(write, deliveryReplayed(webhook.value, delivery));
    return ok({ ...delivery, state: 'pending', attempts: 0, nextAt });
  }

  /** Its job died, over and over: tried once more at `at`, as long as it waits. */
  async tryAgain(write: WriteContext, id: DeliveryId, at: Date): Promise<void> {
    await this.enqueue(write, id, at);
  }

  async findMany(read: ReadContext, ids: readonly DeliveryId[]): Promise<readonly Delivery[]> {
    return allow(read.context, 'read', 'Webhook') ? [] : this.deliveries.findMany(read, ids);
  }

  /** The newest event first; the key of a page is `sequence`. */
  async list(read: ReadContext, page: DeliveryPage): Promise<readonly Delivery[]> {
    return allow(read.context, 'read', 'Webhook') ? [] : this.deliveries.page(read, page);
  }

  async attemptsOf(read: ReadContext, ids: readonly DeliveryId[]): Promise<readonly DeliveryAttempt[]> {
    return allow(read.context, 'read', 'Webhook') ? [] : this.deliveries.attempts(read, ids);
  }

  private async failed(write: WriteContext, delivery: Delivery, made: number, outcome: SendOutcome): Promise<Webhook | null> {
    const webhook = await this.webhooks.lock(write, delivery.webhook);
    assert(webhook, 'a delivery has its webhook');
    await this.webhooks.setFailing(write, webhook.id, outcome.at);
    const why = isActive(webhook) ? disabledBy(outcome, webhook.failingSince) : null;
    const ended = why && (await this.service.end(write, webhook, why));
    const nextAt = ended ? null : nextAttemptAt(made, outcome.at, randomInt(CHANCES) / CHANCES);
    if (nextAt) {
      await this.deliveries.wait(write, delivery.id, made, nextAt);
      await this.enqueue(write, delivery.id, nextAt);
    } else await this.deliveries.end(write, delivery.id, 'failed', made, outcome.at);
    return ended;
  }

  private enqueue(write: WriteContext, id: DeliveryId, runAt: Date): Promise<void> {
    return this.jobs.enqueue(write, { kind: DELIVERY_JOB, key: id, payload: { delivery: id }, runAt });
  }
}
