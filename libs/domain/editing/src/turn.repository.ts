import type { AssetId, ItemId, MaskId, SessionId, SubjectId, TurnId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { TurnItemRow, TurnRow } from './editing.entity.js';
import type { Slice, Turn, TurnItem } from './editing.types.js';
import { type ItemState, turnState } from './turn.lifecycle.js';

function toItem(row: TurnItemRow): TurnItem {
  return {
    id: row.id as ItemId,
    turn: row.turn as TurnId,
    position: row.position,
    asset: row.asset as AssetId,
    baseVersion: row.baseVersion as VersionId,
    mask: row.mask as MaskId | null,
    state: row.state as ItemState,
    revision: row.revision,
    provider: row.provider,
    resultVersion: row.resultVersion as VersionId | null,
    failure: row.failure === null ? null : { code: row.failure, retryable: row.retryable === true },
    createdAt: row.createdAt,
    movedAt: row.movedAt,
  };
}

function toTurn(row: TurnRow, states: readonly ItemState[]): Turn {
  return {
    id: row.id as TurnId,
    session: row.session as SessionId,
    state: turnState(states),
    providers: row.providers,
    allOrNothing: row.allOrNothing,
    submittedBy: row.submittedBy as SubjectId | null,
    submittedAt: row.submittedAt,
  };
}

/** What is kept sealed of a turn, and the wrapped key that opens it. */
export interface SealedTurn {
  readonly prompt: Uint8Array;
  readonly dataKey: Uint8Array;
}

/** What a move changes besides state and revision. */
export type ItemChange = Partial<Pick<TurnItemRow, 'provider' | 'operations' | 'resultVersion' | 'failure' | 'retryable'>>;

@Injectable()
export class TurnRepository {
  async insert(write: WriteContext, turn: Turn, sealed: SealedTurn, items: readonly TurnItem[]): Promise<void> {
    const tenant = write.context.tenant;
    await write.manager.insert(TurnRow, {
      tenant,
      id: turn.id,
      session: turn.session,
      prompt: Buffer.from(sealed.prompt),
      dataKey: Buffer.from(sealed.dataKey),
      providers: [...turn.providers],
      allOrNothing: turn.allOrNothing,
      submittedBy: turn.submittedBy,
      submittedAt: turn.submittedAt,
    });
    await write.manager.insert(
      TurnItemRow,
      items.map(({ failure: _none, ...item }) => ({ tenant, ...item, failure: null, retryable: null })),
    );
  }

  async findMany(read: ReadContext, ids: readonly TurnId[]): Promise<readonly Turn[]> {
    if (ids.length === 0) return [];
    const rows = await read.manager
      .createQueryBuilder(TurnRow, 't')
      .where('t.tenant = :tenant and t.id in (:...ids)', { tenant: read.context.tenant, ids })
      .getMany();
    return this.withStates(read, rows);
  }

  /** Newest first. */
  async pageOfSession(read: ReadContext, session: SessionId, slice: Slice): Promise<readonly Turn[]> {
    const query = read.manager
      .createQueryBuilder(TurnRow, 't')
      .where('t.tenant = :tenant and t.session = :session', { tenant: read.context.tenant, session })
      .orderBy('t.id', 'DESC')
      .take(slice.first);
    if (slice.after !== null) query.andWhere('t.id < :after', { after: slice.after });
    return this.withStates(read, await query.getMany());
  }

  async findSealed(read: ReadContext, id: TurnId): Promise<SealedTurn | null> {
    return read.manager.findOne(TurnRow, {
      where: { tenant: read.context.tenant, id },
      select: { tenant: true, id: true, prompt: true, dataKey: true },
    });
  }

  async findItems(read: ReadContext, ids: readonly ItemId[]): Promise<readonly TurnItem[]> {
    if (ids.length === 0) return [];
    return this.items(read, 'i.id in (:...ids)', { ids });
  }

  /** In the order of turn and target. */
  async itemsOfTurns(read: ReadContext, turns: readonly TurnId[]): Promise<readonly TurnItem[]> {
    if (turns.length === 0) return [];
    return this.items(read, 'i.turn in (:...turns)', { turns });
  }

  /** Those that wait in `states` since before `movedBefore`, longest first. */
  async itemsWaiting(read: ReadContext, states: readonly ItemState[], movedBefore: Date, first: number): Promise<readonly TurnItem[]> {
    const rows = await read.manager
      .createQueryBuilder(TurnItemRow, 'i')
      .where('i.tenant = :tenant and i.state in (:...states) and i.moved_at < :movedBefore', {
        tenant: read.context.tenant,
        states,
        movedBefore,
      })
      .orderBy('i.movedAt')
      .take(first)
      .getMany();
    return rows.map(toItem);
  }

  async sealedOperations(
    read: ReadContext,
    turn: TurnId,
  ): Promise<readonly { readonly id: ItemId; readonly operations: Uint8Array | null }[]> {
    const rows = await read.manager.find(TurnItemRow, { where: { tenant: read.context.tenant, turn }, order: { position: 'ASC' } });
    return rows.map((row) => ({ id: row.id as ItemId, operations: row.operations }));
  }

  /**
   * The item, and in an all-or-nothing turn the others too, which a bad end takes along: locked until the transaction ends, always in
   * the order of their ids. Empty: no such item.
   */
  async lockItems(write: WriteContext, id: ItemId): Promise<readonly TurnItem[]> {
    const rows = await write.manager
      .createQueryBuilder(TurnItemRow, 'i')
      .where(
        `i.tenant = :tenant and (i.id = :id or i.turn = (
           select t.id from turn t join turn_item own on own.tenant = t.tenant and own.turn = t.id
            where t.tenant = :tenant and own.id = :id and t.all_or_nothing))`,
        { tenant: write.context.tenant, id },
      )
      .orderBy('i.id')
      .setLock('pessimistic_write')
      .getMany();
    return rows.map(toItem);
  }

  /**
   * The items on these pictures that have not ended for good, and those that a bad end of one of them takes along: locked until the
   * transaction ends, all in the order of their ids. Only the first are answered.
   */
  async lockItemsOfAssets(write: WriteContext, assets: readonly AssetId[], states: readonly ItemState[]): Promise<readonly TurnItem[]> {
    if (assets.length === 0) return [];
    const own = `i.asset in (:...assets) and i.state in (:...states)`;
    const rows = await write.manager
      .createQueryBuilder(TurnItemRow, 'i')
      .where(
        `i.tenant = :tenant and (${own} or i.turn in (
           select t.id from turn t join turn_item o on o.tenant = t.tenant and o.turn = t.id
            where t.tenant = :tenant and t.all_or_nothing and o.asset in (:...assets)))`,
        { tenant: write.context.tenant, assets, states },
      )
      .orderBy('i.id')
      .setLock('pessimistic_write')
      .getMany();
    return rows.map(toItem).filter(({ asset, state }) => assets.includes(asset) && states.includes(state));
  }

  async moveItem(write: WriteContext, item: TurnItem, change: ItemChange): Promise<void> {
    await write.manager.update(
      TurnItemRow,
      { tenant: write.context.tenant, id: item.id },
      { ...change, state: item.state, revision: item.revision, movedAt: item.movedAt },
    );
  }

  async itemsWithMask(read: ReadContext, mask: MaskId, after: ItemId | null, first: number): Promise<readonly ItemId[]> {
    const rows = await read.manager.query<{ id: ItemId }[]>(
      `select id from turn_item where tenant = $1 and mask = $2 and ($3::uuid is null or id > $3) order by id limit $4`,
      [read.context.tenant, mask, after, first],
    );
    return rows.map(({ id }) => id);
  }

  private async items(read: ReadContext, condition: string, values: object): Promise<readonly TurnItem[]> {
    const rows = await read.manager
      .createQueryBuilder(TurnItemRow, 'i')
      .where(`i.tenant = :tenant and ${condition}`, { tenant: read.context.tenant, ...values })
      .orderBy('i.turn')
      .addOrderBy('i.position')
      .getMany();
    return rows.map(toItem);
  }

  private async withStates(read: ReadContext, rows: readonly TurnRow[]): Promise<readonly Turn[]> {
    const items = await this.itemsOfTurns(
      read,
      rows.map((row) => row.id as TurnId),
    );
    return rows.map((row) =>
      toTurn(
        row,
        items.filter((item) => item.turn === row.id).map((item) => item.state),
      ),
    );
  }
}
