import type { AssetId, BlobId, ItemId, MaskId, SessionId, SubjectId, TurnId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** A turn keeps its prompt and what repeats it, sealed together. */
export interface TurnCopy {
  readonly turn: TurnId;
  readonly session: SessionId;
  readonly assets: readonly AssetId[];
  readonly submittedAt: Date;
}

/** An item's verdicts say what the gates saw in the picture. */
export interface ItemCopy {
  readonly item: ItemId;
  readonly session: SessionId;
  readonly hasEvidence: boolean;
  readonly createdAt: Date;
}

/** A mask traces the outline of what is shown. */
export interface MaskCopy {
  readonly mask: MaskId;
  /** Of a drawn picture that no other mask is. */
  readonly blob: BlobId | null;
  readonly createdAt: Date;
}

export interface ExpiredTurns {
  readonly before: Date;
  readonly exceptSessions: readonly SessionId[];
  readonly exceptSubjects: readonly SubjectId[];
  readonly exceptAssets: readonly AssetId[];
  readonly limit: number;
}

const NO_SHAPE = `jsonb_build_object('kind', kind, 'left', 0, 'top', 0, 'width', 0, 'height', 0, 'points', '[]'::jsonb)`;

/** What sessions, turns and their items keep of people and pictures. It asks nobody's permission. */
@Injectable()
export class EditingCopies {
  /** Turns of the subject whose words are still there. */
  async turnsOf(read: ReadContext, subject: SubjectId): Promise<readonly TurnCopy[]> {
    return read.manager.query<TurnCopy[]>(
      `select t.id as turn, t.session, array(select i.asset from turn_item i where i.tenant = t.tenant and i.turn = t.id) as assets,
              t.submitted_at as "submittedAt"
         from turn t where t.tenant = $1 and t.submitted_by = $2 and t.data_key <> '' order by t.id`,
      [read.context.tenant, subject],
    );
  }

  /** Items that started from one of these versions, or made one. */
  async itemsOf(read: ReadContext, versions: readonly VersionId[]): Promise<readonly ItemCopy[]> {
    if (versions.length === 0) return [];
    return read.manager.query<ItemCopy[]>(
      `select i.id as item, t.session, i.created_at as "createdAt",
              exists (select 1 from verdict v where v.tenant = i.tenant and v.item = i.id and v.evidence <> '{}') as "hasEvidence"
         from turn_item i join turn t on t.tenant = i.tenant and t.id = i.turn
        where i.tenant = $1 and (i.base_version = any ($2::uuid[]) or i.result_version = any ($2::uuid[])) order by i.id`,
      [read.context.tenant, [...versions]],
    );
  }

  /** Masks of these items, masks of assets of which nothing is left, and those that the subject drew on either. */
  async masksOf(read: ReadContext, items: readonly ItemId[], assets: readonly AssetId[]): Promise<readonly MaskCopy[]> {
    return read.manager.query<MaskCopy[]>(
      `with doomed as (
         select m.* from mask m where m.tenant = $1 and m.shape <> ${NO_SHAPE}
            and (m.asset = any ($3::uuid[]) or m.id in (select i.mask from turn_item i where i.tenant = $1 and i.id = any ($2::uuid[])))
       )
       select d.id as mask, d.created_at as "createdAt",
              case when exists (select 1 from mask o where o.tenant = d.tenant and o.blob = d.blob and not o.id in (select id from doomed))
                   then null else d.blob end as blob
         from doomed d order by d.id`,
      [read.context.tenant, [...items], [...assets]],
    );
  }

  /** Sessions that show one of these assets. */
  async sessionsWith(read: ReadContext, assets: readonly AssetId[]): Promise<readonly SessionId[]> {
    const rows = await read.manager.query<{ session: SessionId }[]>(
      `select distinct session from session_asset where tenant = $1 and asset = any ($2::uuid[]) order by session`,
      [read.context.tenant, [...assets]],
    );
    return rows.map(({ session }) => session);
  }

  /** What these sessions work on. */
  async assetsIn(read: ReadContext, sessions: readonly SessionId[]): Promise<readonly AssetId[]> {
    const rows = await read.manager.query<{ asset: AssetId }[]>(
      `select distinct asset from session_asset where tenant = $1 and session = any ($2::uuid[]) order by asset`,
      [read.context.tenant, [...sessions]],
    );
    return rows.map(({ asset }) => asset);
  }

  async itemsIn(read: ReadContext, sessions: readonly SessionId[]): Promise<readonly ItemId[]> {
    const rows = await read.manager.query<{ id: ItemId }[]>(
      `select i.id from turn_item i join turn t on t.tenant = i.tenant and t.id = i.turn where i.tenant = $1 and t.session = any ($2::uuid[])`,
      [read.context.tenant, [...sessions]],
    );
    return rows.map(({ id }) => id);
  }

  /** Sessions all of whose assets are among `gone`, or erased already, and which still have their name. */
  async emptiedSessions(read: ReadContext, gone: readonly AssetId[]): Promise<readonly SessionId[]> {
    const rows = await read.manager.query<{ id: SessionId }[]>(
      `select s.id from session s where s.tenant = $1 and s.name <> 'erased'
          and exists (select 1 from session_asset l where l.tenant = s.tenant and l.session = s.id and l.asset = any ($2::uuid[]))
          and not exists (select 1 from session_asset l join asset a on a.tenant = l.tenant and a.id = l.asset
                           where l.tenant = s.tenant and l.session = s.id and a.erased_at is null and not a.id = any ($2::uuid[]))
        order by s.id`,
      [read.context.tenant, [...gone]],
    );
    return rows.map(({ id }) => id);
  }

  /** Turns submitted before whose words are still there, oldest first. */
  async expiredTurns(
    read: ReadContext,
    { before, exceptSessions, exceptSubjects, exceptAssets, limit }: ExpiredTurns,
  ): Promise<readonly TurnId[]> {
    const rows = await read.manager.query<{ id: TurnId }[]>(
      `select t.id from turn t where t.tenant = $1 and t.submitted_at < $2 and t.data_key <> '' and not t.session = any ($3::uuid[])
          and (t.submitted_by is null or not t.submitted_by = any ($4::uuid[]))
          and not exists (select 1 from turn_item i where i.tenant = t.tenant and i.turn = t.id and i.asset = any ($5::uuid[]))
        order by t.submitted_at, t.id limit $6`,
      [read.context.tenant, before, [...exceptSessions], [...exceptSubjects], [...exceptAssets], limit],
    );
    return rows.map(({ id }) => id);
  }

  async destroyTurns(write: WriteContext, turns: readonly string[]): Promise<void> {
    const values = [write.context.tenant, [...turns]];
    await write.manager.query(`update turn set prompt = '', data_key = '' where tenant = $1 and id = any ($2::uuid[])`, values);
    await write.manager.query(
      `update turn_item set operations = null where tenant = $1 and turn = any ($2::uuid[]) and operations is not null`,
      values,
    );
    await write.manager.query(
      `update clarification c set question = '', answer = case when answer is null then null else ''::bytea end
         from turn_item i where i.tenant = c.tenant and i.id = c.item and c.tenant = $1 and i.turn = any ($2::uuid[])`,
      values,
    );
  }

  async destroyEvidence(write: WriteContext, items: readonly string[]): Promise<void> {
    await write.manager.query(`update verdict set evidence = '{}' where tenant = $1 and item = any ($2::uuid[]) and evidence <> '{}'`, [
      write.context.tenant,
      [...items],
    ]);
  }

  async destroyMasks(write: WriteContext, masks: readonly string[]): Promise<void> {
    await write.manager.query(`update mask set shape = ${NO_SHAPE} where tenant = $1 and id = any ($2::uuid[])`, [
      write.context.tenant,
      [...masks],
    ]);
  }

  async redactSessions(write: WriteContext, sessions: readonly string[]): Promise<void> {
    await write.manager.query(`update session set name = 'erased' where tenant = $1 and id = any ($2::uuid[])`, [
      write.context.tenant,
      [...sessions],
    ]);
  }
}
