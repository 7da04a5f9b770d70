import type { DeliveryId, EntryId, WebhookId } from '@imprimatur/kernel';
import { newId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Delivery, DeliveryAttempt, DeliveryPage, DeliveryState } from './webhook.types.js';

interface DeliveryRow {
  readonly id: DeliveryId;
  readonly webhook: WebhookId;
  readonly entry: EntryId;
  readonly type: string;
  readonly sequence: string;
  readonly at: Date;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly next_at: Date | null;
}

interface AttemptRow {
  readonly delivery: DeliveryId;
  readonly at: Date;
  readonly took_ms: number;
  readonly status: number | null;
  readonly failure: string | null;
  readonly answer: string | null;
}

const DELIVERY = `id, webhook, entry, type, sequence::text, at, state, attempts, next_at from webhook_delivery`;
/** How many old deliveries one that ends takes away: more than one, so that they never grow. */
const SWEPT = 10;

const toDelivery = ({ next_at, ...row }: DeliveryRow): Delivery => ({ ...row, nextAt: next_at });
const toAttempt = ({ took_ms, ...row }: AttemptRow): DeliveryAttempt => ({ ...row, tookMs: took_ms });

/** Deliveries; a trigger of the ledger's entries makes them. */
@Injectable()
export class DeliveryRepository {
  async findMany(read: ReadContext, ids: readonly DeliveryId[]): Promise<readonly Delivery[]> {
    const rows = await read.manager.query<DeliveryRow[]>(`select ${DELIVERY} where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toDelivery);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: DeliveryId): Promise<Delivery | null> {
    const rows = await write.manager.query<DeliveryRow[]>(`select ${DELIVERY} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toDelivery(rows[0]) : null;
  }

  /** The newest event first. */
  async page(read: ReadContext, { webhook, state, first, after }: DeliveryPage): Promise<readonly Delivery[]> {
    const rows = await read.manager.query<DeliveryRow[]>(
      `select ${DELIVERY} where tenant = $1 and webhook = $2 and ($3::bigint is null or sequence < $3) and ($4::text is null or state = $4)
        order by sequence desc limit $5`,
      [read.context.tenant, webhook, after, state, first],
    );
    return rows.map(toDelivery);
  }

  /** Oldest first. */
  async attempts(read: ReadContext, deliveries: readonly DeliveryId[]): Promise<readonly DeliveryAttempt[]> {
    const rows = await read.manager.query<AttemptRow[]>(
      `select delivery, at, took_ms, status, failure, answer from webhook_attempt where tenant = $1 and delivery = any ($2::uuid[]) order by at, id`,
      [read.context.tenant, [...deliveries]],
    );
    return rows.map(toAttempt);
  }

  async insertAttempt(write: WriteContext, { delivery, at, tookMs, status, failure, answer }: DeliveryAttempt): Promise<void> {
    await write.manager.query(
      `insert into webhook_attempt (tenant, id, delivery, at, took_ms, status, failure, answer) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [write.context.tenant, newId('attempt'), delivery, at, tookMs, status, failure, answer],
    );
  }

  async wait(write: WriteContext, id: DeliveryId, attempts: number, nextAt: Date): Promise<void> {
    await write.manager.query(
      `update webhook_delivery set state = 'pending', attempts = $3, next_at = $4, ended_at = null where tenant = $1 and id = $2`,
      [write.context.tenant, id, attempts, nextAt],
    );
  }

  async end(write: WriteContext, id: DeliveryId, state: 'delivered' | 'failed', attempts: number, at: Date): Promise<void> {
    await write.manager.query(
      `update webhook_delivery set state = $3, attempts = $4, next_at = null, ended_at = $5 where tenant = $1 and id = $2`,
      [write.context.tenant, id, state, attempts, at],
    );
  }

  /** Takes away some of the tenant's that ended before `before`. */
  async sweep(write: WriteContext, before: Date): Promise<void> {
    const { tenant } = write.context;
    const old = await write.manager.query<{ id: DeliveryId }[]>(
      `select id from webhook_delivery where tenant = $1 and ended_at < $2 order by ended_at limit ${SWEPT} for update skip locked`,
      [tenant, before],
    );
    if (old.length === 0) return;
    const ids = old.map(({ id }) => id);
    await write.manager.query(`delete from webhook_attempt where tenant = $1 and delivery = any ($2::uuid[])`, [tenant, ids]);
    await write.manager.query(`delete from webhook_delivery where tenant = $1 and id = any ($2::uuid[])`, [tenant, ids]);
  }
}
