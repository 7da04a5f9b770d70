import type { AssetId, BlobId, CaseId, ItemId, JsonObject, SubjectId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { AssetRow, VersionRow } from './asset.entity.js';
import { RightsRepository } from './rights/rights.repository.js';
import type { SourceRights } from './rights/rights.types.js';
import type { Asset, AssetRights, PictureFacts, Slice, Version, VersionOrigin } from './asset.types.js';

/** A version's row with its blob's digest and size, as the queries below select it. */
interface JoinedVersion {
  readonly id: string;
  readonly asset: string;
  readonly number: number;
  readonly parent: string | null;
  readonly origin: string;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly blob: string;
  readonly sha256: Buffer | null;
  readonly size_bytes: string;
  readonly item: string | null;
  readonly created_by: string | null;
  readonly created_at: Date;
  readonly released_at: Date | null;
  readonly blocked_at: Date | null;
  readonly erased_at: Date | null;
  readonly quarantine: string | null;
}

const COLUMNS = `v.id, v.asset, v.number, v.parent, v.origin, v.format, v.width, v.height, v.blob, b.sha256, b.size_bytes, v.item,
  v.created_by, v.created_at, v.released_at, v.blocked_at, v.quarantine, b.erased_at`;
const JOINED = `version v join blob b on b.tenant = v.tenant and b.id = v.blob`;

function toAsset(row: AssetRow, recorded: SourceRights | undefined): Asset {
  const said = recorded ?? {
    declared: row.rightsDeclared,
    licence: row.licence,
    owner: null,
    channels: null,
    territories: null,
    validUntil: null,
  };
  return {
    id: row.id as AssetId,
    name: row.name,
    facts: row.facts as PictureFacts & JsonObject,
    rights: {
      declared: said.declared as AssetRights['declared'],
      licence: said.licence,
      owner: said.owner,
      channels: said.channels,
      territories: said.territories,
      validUntil: said.validUntil,
      aiTraining: row.aiTraining as AssetRights['aiTraining'],
    },
    c2pa: row.c2pa as JsonObject | null,
    versionCount: row.versionCount,
    uploadedBy: row.uploadedBy as SubjectId | null,
    createdAt: row.createdAt,
    erasedAt: row.erasedAt,
  };
}

function toVersion(row: JoinedVersion): Version {
  return {
    id: row.id as VersionId,
    asset: row.asset as AssetId,
    number: row.number,
    parent: row.parent as VersionId | null,
    origin: row.origin as VersionOrigin,
    format: row.format,
    width: row.width,
    height: row.height,
    blob: row.blob as BlobId,
    sha256: row.sha256,
    sizeBytes: Number(row.size_bytes),
    item: row.item as ItemId | null,
    createdBy: row.created_by as SubjectId | null,
    createdAt: row.created_at,
    releasedAt: row.released_at,
    blockedAt: row.blocked_at,
    erasedAt: row.erased_at,
    quarantine: row.quarantine as CaseId | null,
  };
}

/** What was done to make a version, sealed, with the wrapped key that opens it. */
export interface SealedOperations {
  readonly sealed: Uint8Array;
  readonly wrappedKey: Uint8Array;
}

@Injectable()
export class AssetRepository {
  constructor(private readonly rights: RightsRepository) {}

  async insert(write: WriteContext, asset: Asset): Promise<void> {
    await write.manager.insert(AssetRow, {
      tenant: write.context.tenant,
      id: asset.id,
      name: asset.name,
      facts: asset.facts,
      rightsDeclared: asset.rights.declared,
      licence: asset.rights.licence,
      aiTraining: asset.rights.aiTraining,
      c2pa: asset.c2pa,
      versionCount: asset.versionCount,
      uploadedBy: asset.uploadedBy,
      createdAt: asset.createdAt,
    });
  }

  async findMany(read: ReadContext, ids: readonly AssetId[]): Promise<readonly Asset[]> {
    if (ids.length === 0) return [];
    const rows = await read.manager
      .createQueryBuilder(AssetRow, 'a')
      .where('a.tenant = :tenant and a.id in (:...ids)', { tenant: read.context.tenant, ids })
      .orderBy('a.id')
      .getMany();
    return this.toAssets(read, rows);
  }

  async page(read: ReadContext, slice: Slice): Promise<readonly Asset[]> {
    const query = read.manager
      .createQueryBuilder(AssetRow, 'a')
      .where('a.tenant = :tenant', { tenant: read.context.tenant })
      .orderBy('a.id', 'DESC')
      .take(slice.first);
    if (slice.after !== null) query.andWhere('a.id < :after', { after: slice.after });
    return this.toAssets(read, await query.getMany());
  }

  /** The next number of the asset's versions; holds the asset's row, so that two callers get two numbers. Null: no such asset. */
  async takeNumber(write: WriteContext, asset: AssetId): Promise<number | null> {
    const rows = await returned<{ version_count: number }>(
      write,
      `update asset set version_count = version_count + 1 where tenant = $1 and id = $2 returning version_count`,
      [write.context.tenant, asset],
    );
    return rows[0]?.version_count ?? null;
  }

  async insertVersion(write: WriteContext, version: Version, operations: SealedOperations | null): Promise<void> {
    await write.manager.insert(VersionRow, {
      tenant: write.context.tenant,
      id: version.id,
      asset: version.asset,
      number: version.number,
      parent: version.parent,
      origin: version.origin,
      blob: version.blob,
      format: version.format,
      width: version.width,
      height: version.height,
      item: version.item,
      createdBy: version.createdBy,
      createdAt: version.createdAt,
      operations: operations && Buffer.from(operations.sealed),
      operationsKey: operations && Buffer.from(operations.wrappedKey),
    });
  }

  async findVersions(read: ReadContext, ids: readonly VersionId[]): Promise<readonly Version[]> {
    return this.versions(read, `select ${COLUMNS} from ${JOINED} where v.tenant = $1 and v.id = any ($2::uuid[])`, [ids]);
  }

  async newestVersion(read: ReadContext, asset: AssetId): Promise<Version | null> {
    const sql = `select ${COLUMNS} from ${JOINED} where v.tenant = $1 and v.asset = $2 order by v.number desc limit 1`;
    return (await this.versions(read, sql, [asset]))[0] ?? null;
  }

  async versionPage(read: ReadContext, asset: AssetId, slice: Slice): Promise<readonly Version[]> {
    return this.versions(
      read,
      `select ${COLUMNS} from ${JOINED} where v.tenant = $1 and v.asset = $2 and v.number > $3 order by v.number limit $4`,
      [asset, Number(slice.after ?? 0), slice.first],
    );
  }

  /** The uploaded version, and the assets that had the same bytes in a version before it was uploaded. */
  async earlierHolders(read: ReadContext, asset: AssetId): Promise<{ readonly blob: BlobId; readonly assets: readonly AssetId[] } | null> {
    const rows = await read.manager.query<{ blob: BlobId; assets: AssetId[] }[]>(
      `select u.blob, array(select distinct o.asset from version o where o.tenant = u.tenant and o.blob = u.blob and o.asset <> u.asset
                              and (o.created_at, o.id) < (u.created_at, u.id)) as assets
         from version u where u.tenant = $1 and u.asset = $2 and u.number = 1`,
      [read.context.tenant, asset],
    );
    return rows[0] ?? null;
  }

  /** From the version back to its upload. */
  async lineage(read: ReadContext, id: VersionId): Promise<readonly Version[]> {
    return this.versions(
      read,
      `with recursive line (id, parent, step) as (
         select id, parent, 0 from version where tenant = $1 and id = $2
         union all
         select v.id, v.parent, line.step + 1 from version v join line on v.id = line.parent where v.tenant = $1
       )
       select ${COLUMNS} from line join ${JOINED} on v.id = line.id where v.tenant = $1 order by line.step`,
      [id],
    );
  }

  /** Every version with one of these pictures: the same file may have been uploaded more than once. */
  async ofPictures(read: ReadContext, digests: readonly Uint8Array[]): Promise<readonly Version[]> {
    if (digests.length === 0) return [];
    const values = digests.map((each) => Buffer.from(each));
    return this.versions(read, `select ${COLUMNS} from ${JOINED} where v.tenant = $1 and b.sha256 = any ($2::bytea[]) order by v.id`, [
      values,
    ]);
  }

  async ofItems(read: ReadContext, items: readonly ItemId[]): Promise<readonly Version[]> {
    return this.versions(read, `select ${COLUMNS} from ${JOINED} where v.tenant = $1 and v.item = any ($2::uuid[]) order by v.id`, [items]);
  }

  /** The same for many versions and their assets, always in the order of the assets' ids. */
  async lockTrees(write: WriteContext, versions: readonly VersionId[]): Promise<void> {
    await write.manager.query(
      `select 1 from asset where tenant = $1 and id in (select asset from version where tenant = $1 and id = any ($2::uuid[]))
        order by id for update`,
      [write.context.tenant, [...versions]],
    );
  }

  /** These versions and everything made from them, blocked or not, by id. */
  async families(read: ReadContext, roots: readonly VersionId[]): Promise<readonly Version[]> {
    return this.versions(
      read,
      `with recursive family (id) as (
         select id from version where tenant = $1 and id = any ($2::uuid[])
         union
         select v.id from version v join family on v.parent = family.id where v.tenant = $1
       )
       select ${COLUMNS} from ${JOINED} where v.tenant = $1 and v.id in (select id from family) order by v.id`,
      [[...roots]],
    );
  }

  /** Until the transaction ends, no version is added to the asset of `version`. */
  async lockTree(write: WriteContext, version: VersionId): Promise<void> {
    await write.manager.query(
      `select 1 from asset where tenant = $1 and id = (select asset from version where tenant = $1 and id = $2) for update`,
      [write.context.tenant, version],
    );
  }

  /** The version and everything made from it that is not blocked yet, oldest first, locked. */
  async lockDescendants(write: WriteContext, id: VersionId): Promise<readonly Version[]> {
    return this.versions(
      write,
      `with recursive family (id) as (
         select id from version where tenant = $1 and id = $2
         union all
         select v.id from version v join family on v.parent = family.id where v.tenant = $1
       )
       select ${COLUMNS} from ${JOINED} where v.tenant = $1 and v.id in (select id from family) and v.blocked_at is null
       order by v.number for update of v`,
      [id],
    );
  }

  async operations(read: ReadContext, id: VersionId): Promise<SealedOperations | null> {
    const row = await read.manager.findOneBy(VersionRow, { tenant: read.context.tenant, id });
    return row?.operations && row.operationsKey ? { sealed: row.operations, wrappedKey: row.operationsKey } : null;
  }

  /** False when it is released or blocked already. */
  async setReleased(write: WriteContext, id: VersionId, at: Date): Promise<boolean> {
    const sql = `update version set released_at = $3
      where tenant = $1 and id = $2 and released_at is null and blocked_at is null returning id`;
    return (await returned(write, sql, [write.context.tenant, id, at])).length > 0;
  }

  async setBlocked(write: WriteContext, ids: readonly VersionId[], at: Date): Promise<void> {
    await write.manager.query(`update version set released_at = null, blocked_at = $3 where tenant = $1 and id = any ($2::uuid[])`, [
      write.context.tenant,
      ids,
      at,
    ]);
  }

  /** Answers those that are free again, as they are now. */
  async setUnblocked(write: WriteContext, ids: readonly VersionId[]): Promise<readonly Version[]> {
    const sql = `update version set blocked_at = null where tenant = $1 and id = any ($2::uuid[]) and blocked_at is not null and quarantine is null
      returning id`;
    const freed = await returned<{ id: VersionId }>(write, sql, [write.context.tenant, [...ids]]);
    return this.findVersions(
      write,
      freed.map(({ id }) => id),
    );
  }

  private async toAssets(read: ReadContext, rows: readonly AssetRow[]): Promise<readonly Asset[]> {
    const recorded = await this.rights.newest(
      read,
      rows.map(({ id }) => id as AssetId),
    );
    return rows.map((row) => toAsset(row, recorded.get(row.id as AssetId)));
  }

  private async versions(read: ReadContext, sql: string, rest: readonly unknown[]): Promise<readonly Version[]> {
    const rows = await read.manager.query<JoinedVersion[]>(sql, [read.context.tenant, ...rest]);
    return rows.map(toVersion);
  }
}

/** TypeORM answers an UPDATE with its rows and their count. */
async function returned<T>(write: WriteContext, sql: string, values: readonly unknown[]): Promise<readonly T[]> {
  const [rows] = await write.manager.query<[T[], number]>(sql, [...values]);
  return rows;
}
