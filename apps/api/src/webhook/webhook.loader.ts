import { type Delivery, type DeliveryAttempt, DeliveryService, type Webhook, WebhookService } from '@imprimatur/domain/webhooks';
import type { Context, DeliveryId, WebhookId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { RequestLoader } from '../door/index.js';

@Injectable()
export class WebhookLoader extends RequestLoader<WebhookId, Webhook> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhookService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly WebhookId[]): Promise<ReadonlyMap<WebhookId, Webhook>> {
    const found = await this.unitOfWork.read(context, (read) => this.webhooks.findMany(read, ids));
    return new Map(found.map((webhook) => [webhook.id, webhook]));
  }
}

@Injectable()
export class DeliveryLoader extends RequestLoader<DeliveryId, Delivery> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deliveries: DeliveryService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly DeliveryId[]): Promise<ReadonlyMap<DeliveryId, Delivery>> {
    const found = await this.unitOfWork.read(context, (read) => this.deliveries.findMany(read, ids));
    return new Map(found.map((delivery) => [delivery.id, delivery]));
  }
}

@Injectable()
export class AttemptsOfDeliveryLoader extends RequestLoader<DeliveryId, readonly DeliveryAttempt[]> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deliveries: DeliveryService,
  ) {
    super();
  }

  protected async batch(context: Context, ids: readonly DeliveryId[]): Promise<ReadonlyMap<DeliveryId, readonly DeliveryAttempt[]>> {
    const found = await this.unitOfWork.read(context, (read) => this.deliveries.attemptsOf(read, ids));
    return new Map(ids.map((id) => [id, found.filter(({ delivery }) => delivery === id)]));
  }
}
