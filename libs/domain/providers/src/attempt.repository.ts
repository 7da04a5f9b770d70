import type { AssetId, AttemptId, ItemId, TermsId, TurnId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan } from 'typeorm';
import { AttemptRow } from './attempt.entity.js';
import type { Attempt, AttemptEnding, AttemptOutcome } from './attempt.types.js';

function toAttempt(row: AttemptRow): Attempt {
  return {
    id: row.id as AttemptId,
    item: row.item as ItemId,
    turn: row.turn as TurnId,
    asset: row.asset as AssetId,
    number: row.number,
    provider: row.provider,
    requestedModel: row.requestedModel,
    terms: row.terms as TermsId | null,
    requestSha256: new Uint8Array(row.requestSha256),
    beganAt: row.beganAt,
    ending: toEnding(row),
  };
}

function toEnding(row: AttemptRow): AttemptEnding | null {
  if (row.endedAt === null || row.outcome === null) return null;
  return {
    endedAt: row.endedAt,
    outcome: row.outcome as AttemptOutcome,
    finish: row.finishCode === null ? null : { code: row.finishCode, message: row.finishMessage },
    responseSha256: row.responseSha256 && new Uint8Array(row.responseSha256),
    responseId: row.responseId,
    modelVersion: row.modelVersion,
    usage: row.usage ?? {},
    ...(row.safety && { safety: row.safety }),
    errorCode: row.errorCode,
  };
}

@Injectable()
export class AttemptRepository {
  /** The number of an item's next attempt. Held until the transaction ends, so that two at once do not take the same. */
  async nextNumber(write: WriteContext, item: ItemId): Promise<number> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtextextended('provider_attempt/' || $1, 0))`, [item]);
    const last = await write.manager.maximum(AttemptRow, 'number', { tenant: write.context.tenant, item });
    return (last ?? 0) + 1;
  }

  async insert(write: WriteContext, attempt: Attempt): Promise<void> {
    await write.manager.insert(AttemptRow, {
      tenant: write.context.tenant,
      id: attempt.id,
      item: attempt.item,
      turn: attempt.turn,
      asset: attempt.asset,
      number: attempt.number,
      provider: attempt.provider,
      requestedModel: attempt.requestedModel,
      terms: attempt.terms,
      requestSha256: Buffer.from(attempt.requestSha256),
      beganAt: attempt.beganAt,
    });
  }

  /** Locked until the transaction ends. */
  async lock(write: WriteContext, id: AttemptId): Promise<Attempt | null> {
    const row = await write.manager.findOne(AttemptRow, {
      where: { tenant: write.context.tenant, id },
      lock: { mode: 'pessimistic_write' },
    });
    return row && toAttempt(row);
  }

  async end(write: WriteContext, id: AttemptId, ending: AttemptEnding): Promise<void> {
    await write.manager.update(
      AttemptRow,
      { tenant: write.context.tenant, id },
      {
        endedAt: ending.endedAt,
        outcome: ending.outcome,
        finishCode: ending.finish?.code ?? null,
        finishMessage: ending.finish?.message ?? null,
        responseSha256: ending.responseSha256 && Buffer.from(ending.responseSha256),
        responseId: ending.responseId,
        modelVersion: ending.modelVersion,
        usage: { ...ending.usage },
        safety: ending.safety?.map((each) => ({ ...each })) ?? null,
        errorCode: ending.errorCode,
      },
    );
  }

  /** Of each of `items`, in the order of their numbers. */
  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly Attempt[]> {
    if (items.length === 0) return [];
    const rows = await read.manager.find(AttemptRow, {
      where: { tenant: read.context.tenant, item: In([...items]) },
      order: { item: 'ASC', number: 'ASC' },
    });
    return rows.map(toAttempt);
  }

  /** Not ended, and begun before `beganBefore`; oldest first. */
  async open(read: ReadContext, beganBefore: Date, limit: number): Promise<readonly Attempt[]> {
    const where = { tenant: read.context.tenant, endedAt: IsNull(), beganAt: LessThan(beganBefore) };
    const rows = await read.manager.find(AttemptRow, { where, order: { beganAt: 'ASC' }, take: limit });
    return rows.map(toAttempt);
  }

  async itemsMadeBy(read: ReadContext, model: string, after: ItemId | null, first: number): Promise<readonly ItemId[]> {
    const made = (column: string): string =>
      `(select item from provider_attempt where tenant = $1 and ${column} = $2 and outcome = 'edited' and ($3::uuid is null or item > $3)
         order by item limit $4)`;
    const rows = await read.manager.query<{ item: ItemId }[]>(
      `${made('requested_model')} union ${made('model_version')} order by item limit $4`,
      [read.context.tenant, model, after, first],
    );
    return rows.map(({ item }) => item);
  }
}
