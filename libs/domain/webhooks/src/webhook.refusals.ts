import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type WebhookUrlInvalid = Refusal<'WEBHOOK_URL_INVALID'>;
export type WebhookTypesInvalid = Refusal<'WEBHOOK_TYPES_INVALID'>;
export type TooManyWebhooks = Refusal<'TOO_MANY_WEBHOOKS'>;
export type WebhookNotSigned = Refusal<'WEBHOOK_NOT_SIGNED'>;
export type WebhookInactive = Refusal<'WEBHOOK_DISABLED'>;
export type TooManySecrets = Refusal<'TOO_MANY_SECRETS'>;
export type DeliveryPending = Refusal<'DELIVERY_PENDING'>;
export type WebhookRefusal =
  | NotFound
  | Forbidden
  | WebhookUrlInvalid
  | WebhookTypesInvalid
  | TooManyWebhooks
  | WebhookNotSigned
  | WebhookInactive
  | TooManySecrets
  | DeliveryPending;

export function webhookUrlInvalid(why: string): WebhookUrlInvalid {
  return {
    code: 'WEBHOOK_URL_INVALID',
    message: `The address of the webhook is not usable: ${why}.`,
    remedy: 'Give an https address on the public internet, without a name and password in it.',
  };
}

export function webhookTypesInvalid(type: string | null): WebhookTypesInvalid {
  return {
    code: 'WEBHOOK_TYPES_INVALID',
    message: type === null ? 'A webhook names what it is told of.' : `Nobody can be told of ${type.slice(0, 80)}.`,
    remedy: 'Name types out of webhookEventTypes.',
  };
}

export function tooManyWebhooks(max: number): TooManyWebhooks {
  return {
    code: 'TOO_MANY_WEBHOOKS',
    message: `A tenant has at most ${max} active webhooks.`,
    remedy: 'Disable one that nobody needs, or let one receiver hand on to others.',
  };
}

export function webhookNotSigned(): WebhookNotSigned {
  return {
    code: 'WEBHOOK_NOT_SIGNED',
    message: "A Slack webhook has no secret but its address, which is Slack's to change.",
    remedy: 'Make a new webhook with the new address, and disable this one.',
  };
}

export function webhookInactive(): WebhookInactive {
  return { code: 'WEBHOOK_DISABLED', message: 'The webhook is disabled.', remedy: 'Enable it first.' };
}

export function tooManySecrets(max: number): TooManySecrets {
  return {
    code: 'TOO_MANY_SECRETS',
    message: `${max} secrets of this webhook are valid already.`,
    remedy: 'Wait until one of them has run out: each does 24 hours after it was replaced.',
  };
}

export function deliveryPending(): DeliveryPending {
  return { code: 'DELIVERY_PENDING', message: 'The delivery is under way already.', remedy: 'Wait for its next try.' };
}
