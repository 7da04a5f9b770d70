import type { ItemId, SubjectId, TurnId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { ClarificationRow } from './editing.entity.js';

/** A question and its answer, sealed under the turn's key. */
export interface SealedClarification {
  readonly id: string;
  readonly item: ItemId;
  readonly question: Uint8Array;
  readonly answer: Uint8Array | null;
  readonly askedAt: Date;
}

function toSealed(row: ClarificationRow): SealedClarification {
  return { id: row.id, item: row.item as ItemId, question: row.question, answer: row.answer, askedAt: row.askedAt };
}

@Injectable()
export class ClarificationRepository {
  async insert(write: WriteContext, { question, ...asked }: SealedClarification): Promise<void> {
    await write.manager.insert(ClarificationRow, { ...asked, tenant: write.context.tenant, question: Buffer.from(question), answer: null });
  }

  /** The question that is not answered yet. */
  async findOpen(read: ReadContext, item: ItemId): Promise<SealedClarification | null> {
    const row = await read.manager
      .createQueryBuilder(ClarificationRow, 'c')
      .where('c.tenant = :tenant and c.item = :item and c.answer is null', { tenant: read.context.tenant, item })
      .getOne();
    return row && toSealed(row);
  }

  async answer(write: WriteContext, id: string, answer: Uint8Array, by: SubjectId | null, at: Date): Promise<void> {
    await write.manager.update(
      ClarificationRow,
      { tenant: write.context.tenant, id },
      { answer: Buffer.from(answer), answeredBy: by, answeredAt: at },
    );
  }

  /** Oldest first. */
  async ofTurn(read: ReadContext, turn: TurnId): Promise<readonly SealedClarification[]> {
    const rows = await read.manager
      .createQueryBuilder(ClarificationRow, 'c')
      .where('c.tenant = :tenant and c.item in (select i.id from turn_item i where i.tenant = :tenant and i.turn = :turn)', {
        tenant: read.context.tenant,
        turn,
      })
      .orderBy('c.id')
      .getMany();
    return rows.map(toSealed);
  }
}
