import type { Delivery, DeliveryAttempt, DeliveryState, DisabledFor, Webhook, WebhookKind } from '@imprimatur/domain/webhooks';
import { type DeliveryId, toPublicId } from '@imprimatur/kernel';

export interface DeliveryParent {
  readonly __typename: 'WebhookDelivery';
  readonly deliveryId: DeliveryId;
  readonly [field: string]: unknown;
}

const nameOf = (word: WebhookKind | DeliveryState | DisabledFor | Webhook['state']): string => word.toUpperCase().replaceAll('-', '_');

export const fromKind = (name: string): WebhookKind => name.toLowerCase() as WebhookKind;
export const fromState = (name: string): DeliveryState => name.toLowerCase() as DeliveryState;

export function toWebhook(webhook: Webhook): object {
  return {
    __typename: 'Webhook',
    id: toPublicId('webhook', webhook.id),
    kind: nameOf(webhook.kind),
    address: webhook.address,
    eventTypes: webhook.types,
    state: nameOf(webhook.state),
    disabledFor: webhook.disabled && nameOf(webhook.disabled.why),
    disabledAt: webhook.disabled?.at ?? null,
    failingSince: webhook.failingSince,
    secretAt: webhook.secretAt,
    createdAt: webhook.createdAt,
  };
}

export function toDelivery(delivery: Delivery): DeliveryParent {
  return {
    __typename: 'WebhookDelivery',
    deliveryId: delivery.id,
    id: toPublicId('delivery', delivery.id),
    webhook: toPublicId('webhook', delivery.webhook),
    type: delivery.type,
    entry: toPublicId('entry', delivery.entry),
    sequence: Number(delivery.sequence),
    at: delivery.at,
    state: nameOf(delivery.state),
    nextTryAt: delivery.nextAt,
  };
}

export function toAttempt({ at, tookMs, status, failure, answer }: DeliveryAttempt): object {
  return { at, tookMs, status, failure, answer };
}
