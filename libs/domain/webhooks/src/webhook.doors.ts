import { randomBytes } from 'node:crypto';
import { Sealing } from '@imprimatur/domain/ledger';
import { assert, toBase64, utf8, type WebhookId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { open, seal } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';
import { SECRET_PREFIX } from './webhook.message.js';
import { type SealedDoor, WebhookRepository } from './webhook.repository.js';
import type { WebhookDoor } from './webhook.types.js';

/** Standard Webhooks asks for 24 to 64. */
const SECRET_BYTES = 32;

export function newSecret(): string {
  return SECRET_PREFIX + toBase64(randomBytes(SECRET_BYTES));
}

/** URLs and secrets, sealed under the tenant's key. */
@Injectable()
export class WebhookDoors {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly sealing: Sealing,
  ) {}

  async seal(write: WriteContext, id: WebhookId, door: WebhookDoor): Promise<SealedDoor> {
    const { key, wrapped } = await this.sealing.newDataKey(write, []);
    return { wrappedKey: wrapped, sealed: seal(key, utf8(JSON.stringify(door)), associatedData(write, id)) };
  }

  async open(read: ReadContext, id: WebhookId): Promise<WebhookDoor> {
    const stored = await this.webhooks.door(read, id);
    const key = stored && (await this.sealing.openDataKey(read, stored.wrappedKey));
    assert(stored && key, 'a webhook has its door');
    return JSON.parse(new TextDecoder().decode(open(key, stored.sealed, associatedData(read, id)))) as WebhookDoor;
  }
}

function associatedData({ context }: ReadContext, id: WebhookId): Uint8Array {
  return utf8(`imprimatur/webhook/v1\0${context.tenant}\0${id}`);
}
