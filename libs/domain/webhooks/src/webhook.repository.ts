import type { SubjectId, WebhookId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { DisabledFor, Webhook, WebhookKind, WebhookSlice } from './webhook.types.js';

interface WebhookRow {
  readonly id: WebhookId;
  readonly kind: WebhookKind;
  readonly address: string;
  readonly types: readonly string[];
  readonly state: Webhook['state'];
  readonly disabled_for: DisabledFor | null;
  readonly disabled_at: Date | null;
  readonly disablings: number;
  readonly failing_since: Date | null;
  readonly secret_at: Date | null;
  readonly created_by: SubjectId | null;
  readonly created_at: Date;
}

/** A webhook's URL and secrets as they are stored. */
export interface SealedDoor {
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

const WEBHOOK = `id, kind, address, types, state, disabled_for, disabled_at, disablings, failing_since, secret_at, created_by, created_at
  from webhook`;

function toWebhook(row: WebhookRow): Webhook {
  return {
    id: row.id,
    kind: row.kind,
    address: row.address,
    types: row.types,
    state: row.state,
    disabled: row.disabled_for && row.disabled_at && { why: row.disabled_for, at: row.disabled_at },
    disablings: row.disablings,
    failingSince: row.failing_since,
    secretAt: row.secret_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

@Injectable()
export class WebhookRepository {
  async insert(write: WriteContext, webhook: Webhook, door: SealedDoor): Promise<void> {
    const { id, kind, address, types, secretAt, createdBy, createdAt } = webhook;
    await write.manager.query(
      `insert into webhook (tenant, id, kind, address, types, wrapped_key, sealed, secret_at, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[write.context.tenant, id, kind, address, [...types]],
        ...[Buffer.from(door.wrappedKey), Buffer.from(door.sealed), secretAt, createdBy, createdAt],
      ],
    );
  }

  /** One at a time in a tenant, until the transaction ends: the number of webhooks is limited. */
  async lockNumber(write: WriteContext): Promise<number> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtextextended('imprimatur/webhook/' || $1, 0))`, [write.context.tenant]);
    const [row] = await write.manager.query<{ count: number }[]>(
      `select count(*)::int as count from webhook where tenant = $1 and state = 'active'`,
      [write.context.tenant],
    );
    return row?.count ?? 0;
  }

  async findMany(read: ReadContext, ids: readonly WebhookId[]): Promise<readonly Webhook[]> {
    const rows = await read.manager.query<WebhookRow[]>(`select ${WEBHOOK} where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toWebhook);
  }

  /** Holds the row until the transaction ends, but not its key: entries of the ledger that are told to it go on. */
  async lock(write: WriteContext, id: WebhookId): Promise<Webhook | null> {
    const rows = await write.manager.query<WebhookRow[]>(`select ${WEBHOOK} where tenant = $1 and id = $2 for no key update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toWebhook(rows[0]) : null;
  }

  async door(read: ReadContext, id: WebhookId): Promise<SealedDoor | null> {
    const rows = await read.manager.query<SealedDoor[]>(
      `select wrapped_key as "wrappedKey", sealed from webhook where tenant = $1 and id = $2`,
      [read.context.tenant, id],
    );
    return rows[0] ?? null;
  }

  /** Oldest first. */
  async page(read: ReadContext, { first, after }: WebhookSlice): Promise<readonly Webhook[]> {
    const rows = await read.manager.query<WebhookRow[]>(
      `select ${WEBHOOK} where tenant = $1 and ($2::uuid is null or id > $2) order by id limit $3`,
      [read.context.tenant, after, first],
    );
    return rows.map(toWebhook);
  }

  async setDoor(write: WriteContext, id: WebhookId, door: SealedDoor, secretAt: Date): Promise<void> {
    await write.manager.query(`update webhook set wrapped_key = $3, sealed = $4, secret_at = $5 where tenant = $1 and id = $2`, [
      ...[write.context.tenant, id, Buffer.from(door.wrappedKey), Buffer.from(door.sealed), secretAt],
    ]);
  }

  async disable(write: WriteContext, id: WebhookId, why: DisabledFor, at: Date): Promise<void> {
    await write.manager.query(
      `update webhook set state = 'disabled', disabled_for = $3, disabled_at = $4, disablings = disablings + 1 where tenant = $1 and id = $2`,
      [write.context.tenant, id, why, at],
    );
  }

  async enable(write: WriteContext, id: WebhookId): Promise<void> {
    await write.manager.query(
      `update webhook set state = 'active', disabled_for = null, disabled_at = null, failing_since = null where tenant = $1 and id = $2`,
      [write.context.tenant, id],
    );
  }

  /** The first failure after a success counts. */
  async setFailing(write: WriteContext, id: WebhookId, since: Date): Promise<void> {
    await write.manager.query(`update webhook set failing_since = $3 where tenant = $1 and id = $2 and failing_since is null`, [
      write.context.tenant,
      id,
      since,
    ]);
  }

  /** Writes, and so locks, only where something failed before. */
  async setReached(write: WriteContext, id: WebhookId): Promise<void> {
    await write.manager.query(`update webhook set failing_since = null where tenant = $1 and id = $2 and failing_since is not null`, [
      write.context.tenant,
      id,
    ]);
  }
}
