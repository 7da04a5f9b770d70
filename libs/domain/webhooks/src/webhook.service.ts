import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { newId, notFound, ok, refuse, type Result, systemClock, type WebhookId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { newSecret, WebhookDoors } from './webhook.doors.js';
import { webhookCreated, webhookDisabled, webhookEnabled, webhookSecretRotated } from './webhook.events.js';
import { tooManySecrets, tooManyWebhooks, webhookInactive, webhookNotSigned, type WebhookRefusal } from './webhook.refusals.js';
import { WebhookRepository } from './webhook.repository.js';
import {
  isActive,
  isOwnMachine,
  rotatedSecrets,
  SECRETS_MAX,
  shownAddress,
  validSecrets,
  WEBHOOKS_MAX,
  wishRefusal,
} from './webhook.rules.js';
import type { DisabledFor, NewWebhook, Webhook, WebhookSlice } from './webhook.types.js';

/** Injection token: whether this machine itself may be told, as in development. */
export const MAY_REACH_ITSELF = Symbol('MayReachItself');

export interface CreatedWebhook {
  readonly webhook: Webhook;
  /** Told once; null of Slack's. */
  readonly secret: string | null;
}

/** The systems that are told, and their secrets. */
@Injectable()
export class WebhookService {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly doors: WebhookDoors,
    private readonly ledger: Ledger,
    @Inject(MAY_REACH_ITSELF) private readonly mayReachItself: boolean,
  ) {}

  async create(write: WriteContext, wish: NewWebhook): Promise<Result<CreatedWebhook, WebhookRefusal>> {
    const denied = allow(write.context, 'administer', 'Webhook') ?? wishRefusal(wish, this.mayReachItself);
    if (denied) return refuse(denied);
    if ((await this.webhooks.lockNumber(write)) >= WEBHOOKS_MAX) return refuse(tooManyWebhooks(WEBHOOKS_MAX));
    const [now, id] = [systemClock.now(), newId('webhook')];
    const secret = wish.kind === 'standard' ? newSecret() : null;
    const webhook: Webhook = {
      ...{ id, kind: wish.kind, address: shownAddress(wish.kind, wish.url), types: [...new Set(wish.types)].sort() },
      ...{ state: 'active', disabled: null, disablings: 0, failingSince: null },
      ...{ secretAt: secret === null ? null : now, createdBy: write.context.actor.subject, createdAt: now },
    };
    const secrets = secret === null ? [] : [{ secret, until: null }];
    await this.webhooks.insert(write, webhook, await this.doors.seal(write, id, { url: wish.url, secrets }));
    await this.ledger.append(write, webhookCreated(webhook));
    return ok({ webhook, secret });
  }

  /** The former secret signs beside the new one for a day. */
  async rotateSecret(write: WriteContext, id: WebhookId): Promise<Result<CreatedWebhook, WebhookRefusal>> {
    const found = await this.lock(write, id);
    if (!found.ok) return found;
    if (found.value.kind !== 'standard') return refuse(webhookNotSigned());
    const [now, door] = [systemClock.now(), await this.doors.open(write, id)];
    if (validSecrets(door.secrets, now).length >= SECRETS_MAX) return refuse(tooManySecrets(SECRETS_MAX));
    const secret = newSecret();
    const secrets = rotatedSecrets(door.secrets, secret, now);
    await this.webhooks.setDoor(write, id, await this.doors.seal(write, id, { ...door, secrets }), now);
    await this.ledger.append(write, webhookSecretRotated(found.value));
    return ok({ webhook: { ...found.value, secretAt: now }, secret });
  }

  /** Nothing more is sent, also of what waits; it can be replayed once the webhook is enabled. Again: nothing. */
  async disable(write: WriteContext, id: WebhookId): Promise<Result<Webhook, WebhookRefusal>> {
    const found = await this.lock(write, id);
    if (!found.ok || !isActive(found.value)) return found;
    return ok(await this.end(write, found.value, 'by-hand'));
  }

  /** Again: nothing. */
  async enable(write: WriteContext, id: WebhookId): Promise<Result<Webhook, WebhookRefusal>> {
    const found = await this.lock(write, id);
    if (!found.ok || isActive(found.value)) return found;
    if ((await this.webhooks.lockNumber(write)) >= WEBHOOKS_MAX) return refuse(tooManyWebhooks(WEBHOOKS_MAX));
    await this.webhooks.enable(write, id);
    await this.ledger.append(write, webhookEnabled(found.value));
    return ok({ ...found.value, state: 'active', disabled: null, failingSince: null });
  }

  /** Of an active one that is locked; whoever does it has the right to. */
  async end(write: WriteContext, webhook: Webhook, why: DisabledFor): Promise<Webhook> {
    const at = systemClock.now();
    await this.webhooks.disable(write, webhook.id, why, at);
    await this.ledger.append(write, webhookDisabled(webhook, why));
    return { ...webhook, state: 'disabled', disabled: { why, at }, disablings: webhook.disablings + 1 };
  }

  /** Also of what was stored before: an address that development took leads nowhere in production. */
  reachOf(url: string): 'any' | 'public' {
    return this.mayReachItself && isOwnMachine(url) ? 'any' : 'public';
  }

  async lock(write: WriteContext, id: WebhookId): Promise<Result<Webhook, WebhookRefusal>> {
    const denied = allow(write.context, 'administer', 'Webhook');
    if (denied) return refuse(denied);
    const found = await this.webhooks.lock(write, id);
    return found ? ok(found) : refuse(notFound('webhook'));
  }

  async lockActive(write: WriteContext, id: WebhookId): Promise<Result<Webhook, WebhookRefusal>> {
    const found = await this.lock(write, id);
    return found.ok && !isActive(found.value) ? refuse(webhookInactive()) : found;
  }

  /** Those of `ids` that exist, in no order; none for an actor who may not read them. */
  async findMany(read: ReadContext, ids: readonly WebhookId[]): Promise<readonly Webhook[]> {
    return allow(read.context, 'read', 'Webhook') ? [] : this.webhooks.findMany(read, ids);
  }

  /** Oldest first. */
  async list(read: ReadContext, slice: WebhookSlice): Promise<readonly Webhook[]> {
    return allow(read.context, 'read', 'Webhook') ? [] : this.webhooks.page(read, slice);
  }
}
