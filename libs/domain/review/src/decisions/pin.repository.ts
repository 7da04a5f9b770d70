import type { AssetId, CommentId, DecisionId, EntryId, ItemId, PinId, SubjectId, TaskId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { PinComment, ReviewPin } from './decision.types.js';

/** The table counts in ten-thousandths, so that no place depends on how a number was written. */
const PARTS = 10_000;

interface PinRow {
  readonly id: PinId;
  readonly task: TaskId;
  readonly decision: DecisionId;
  readonly item: ItemId;
  readonly asset: AssetId;
  readonly x: number;
  readonly y: number;
  readonly entry: EntryId;
  readonly placed_by: SubjectId;
  readonly placed_at: Date;
  readonly resolved_by: SubjectId | null;
  readonly resolved_at: Date | null;
}

const toPin = ({ placed_by, placed_at, resolved_by, resolved_at, x, y, ...row }: PinRow): ReviewPin => ({
  ...row,
  x: x / PARTS,
  y: y / PARTS,
  placedBy: placed_by,
  placedAt: placed_at,
  resolved: resolved_by && resolved_at ? { by: resolved_by, at: resolved_at } : null,
});

const COLUMNS = 'id, task, decision, item, asset, x, y, entry, placed_by, placed_at, resolved_by, resolved_at';

@Injectable()
export class PinRepository {
  async insert(write: WriteContext, pin: ReviewPin): Promise<void> {
    await write.manager.query(
      `insert into review_pin (tenant, id, task, decision, item, asset, x, y, entry, placed_by, placed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        write.context.tenant,
        ...[pin.id, pin.task, pin.decision, pin.item, pin.asset],
        ...[Math.round(pin.x * PARTS), Math.round(pin.y * PARTS), pin.entry, pin.placedBy, pin.placedAt],
      ],
    );
  }

  async findMany(read: ReadContext, ids: readonly PinId[]): Promise<readonly ReviewPin[]> {
    const rows = await read.manager.query<PinRow[]>(
      `select ${COLUMNS} from review_pin where tenant = $1 and id = any ($2::uuid[]) order by id`,
      [read.context.tenant, [...ids]],
    );
    return rows.map(toPin);
  }

  async lock(write: WriteContext, id: PinId): Promise<ReviewPin | null> {
    const rows = await write.manager.query<PinRow[]>(`select ${COLUMNS} from review_pin where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toPin(rows[0]) : null;
  }

  async ofTasks(read: ReadContext, tasks: readonly TaskId[]): Promise<readonly ReviewPin[]> {
    const rows = await read.manager.query<PinRow[]>(
      `select ${COLUMNS} from review_pin where tenant = $1 and task = any ($2::uuid[]) order by id`,
      [read.context.tenant, [...tasks]],
    );
    return rows.map(toPin);
  }

  async resolve(
    write: WriteContext,
    id: PinId,
    resolved: { readonly by: SubjectId; readonly at: Date; readonly entry: EntryId },
  ): Promise<void> {
    await write.manager.query(
      `update review_pin set resolved_by = $3, resolved_at = $4, resolved_entry = $5 where tenant = $1 and id = $2`,
      [write.context.tenant, id, resolved.by, resolved.at, resolved.entry],
    );
  }

  async insertComment(write: WriteContext, { id, pin, author, entry, at }: PinComment): Promise<void> {
    await write.manager.query(`insert into review_pin_comment (tenant, id, pin, author, entry, at) values ($1, $2, $3, $4, $5, $6)`, [
      write.context.tenant,
      id,
      pin,
      author,
      entry,
      at,
    ]);
  }

  /** Oldest first. */
  async comments(
    read: ReadContext,
    pin: PinId,
    { first, after }: { readonly first: number; readonly after: CommentId | null },
  ): Promise<readonly PinComment[]> {
    return read.manager.query<PinComment[]>(
      `select id, pin, author, entry, at from review_pin_comment
        where tenant = $1 and pin = $2 and ($3::uuid is null or id > $3) order by id limit $4`,
      [read.context.tenant, pin, after, first],
    );
  }
}
