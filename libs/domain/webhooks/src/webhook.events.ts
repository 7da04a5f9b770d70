import type { NewEvent } from '@imprimatur/domain/ledger';
import type { Delivery, DisabledFor, Webhook } from './webhook.types.js';

const about = ({ id }: Pick<Webhook, 'id'>): NewEvent['about'] => [{ kind: 'webhook', id }];

/** Where it leads is the tenant's own knowledge; its secret is nobody's. */
export function webhookCreated(webhook: Webhook): NewEvent {
  return {
    type: 'webhook.created',
    about: about(webhook),
    facts: { kind: webhook.kind, types: [...webhook.types] },
    parts: { address: { value: webhook.address, subjects: [] } },
  };
}

export function webhookSecretRotated(webhook: Webhook): NewEvent {
  return { type: 'webhook.secret-rotated', about: about(webhook), facts: {} };
}

export function webhookDisabled(webhook: Webhook, why: DisabledFor): NewEvent {
  return { type: 'webhook.disabled', about: about(webhook), facts: { why } };
}

export function webhookEnabled(webhook: Webhook): NewEvent {
  return { type: 'webhook.enabled', about: about(webhook), facts: {} };
}

export function deliveryReplayed(webhook: Webhook, { id, entry }: Delivery): NewEvent {
  return { type: 'webhook.replayed', about: [...about(webhook), { kind: 'entry', id: entry }], facts: { delivery: id } };
}
