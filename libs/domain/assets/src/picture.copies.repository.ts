import type { AssetId, BlobId, SubjectId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** One version of a picture, as erasure and retention see it. */
export interface PictureCopy {
  readonly version: VersionId;
  readonly asset: AssetId;
  readonly blob: BlobId;
  readonly origin: 'upload' | 'turn' | 'rollback';
  /** Of the bytes; null: erased. */
  readonly sha256: Uint8Array | null;
  /** Whose erasure destroys the bytes. */
  readonly subjects: readonly SubjectId[];
  readonly createdBy: SubjectId | null;
  readonly createdAt: Date;
  readonly isErased: boolean;
}

/** Where a family of pictures begins. */
export interface FamilySeeds {
  /** Pictures sealed for this subject. */
  readonly subject: SubjectId | null;
  readonly versions: readonly VersionId[];
  readonly blobs: readonly BlobId[];
}

export interface ExpiredPictures {
  /** Of assets none of whose versions is younger. */
  readonly before: Date;
  readonly exceptAssets: readonly AssetId[];
  /** Whoever is in one of these pictures, or made it, keeps it. */
  readonly exceptSubjects: readonly SubjectId[];
  readonly limit: number;
}

interface CopyRow {
  readonly id: VersionId;
  readonly asset: AssetId;
  readonly blob: BlobId;
  readonly origin: PictureCopy['origin'];
  readonly sha256: Buffer | null;
  readonly subjects: SubjectId[];
  readonly created_by: SubjectId | null;
  readonly created_at: Date;
  readonly erased: boolean;
}

const COPY = `v.id, v.asset, v.blob, v.origin, b.sha256, b.subjects, v.created_by, v.created_at, b.erased_at is not null as erased
  from version v join blob b on b.tenant = v.tenant and b.id = v.blob`;

function toCopy(row: CopyRow): PictureCopy {
  const { id, asset, blob, origin, sha256, subjects, created_by, created_at, erased } = row;
  return { version: id, asset, blob, origin, sha256, subjects, createdBy: created_by, createdAt: created_at, isErased: erased };
}

/** Every place where a picture lies, and how each is emptied. It asks nobody's permission. */
@Injectable()
export class PictureCopies {
  /** The seeds, everything made from them, and whatever has the same bytes: asset by asset, oldest first. */
  async family(read: ReadContext, { subject, versions, blobs }: FamilySeeds): Promise<readonly PictureCopy[]> {
    const rows = await read.manager.query<CopyRow[]>(
      `with recursive family (id, blob) as (
         select v.id, v.blob from version v join blob b on b.tenant = v.tenant and b.id = v.blob
          where v.tenant = $1 and ($2::uuid = any (b.subjects) or v.id = any ($3::uuid[]) or v.blob = any ($4::uuid[]))
         union
         select v.id, v.blob from family f cross join lateral (
           select id, blob from version where tenant = $1 and parent = f.id
           union all
           select id, blob from version where tenant = $1 and blob = f.blob
         ) v
       )
       select ${COPY} where v.tenant = $1 and v.id in (select id from family) order by v.asset, v.number`,
      [read.context.tenant, subject, [...versions], [...blobs]],
    );
    return rows.map(toCopy);
  }

  /** Blobs sealed for the subject that are no version: exports, masks. */
  async sealedFor(read: ReadContext, subject: SubjectId): Promise<readonly BlobId[]> {
    const rows = await read.manager.query<{ id: BlobId }[]>(
      `select id from blob where tenant = $1 and $2 = any (subjects) and erased_at is null order by id`,
      [read.context.tenant, subject],
    );
    return rows.map(({ id }) => id);
  }

  /** Those of `blobs` that are no version, not erased yet, and not sealed for one of `exceptSubjects`. */
  async loose(read: ReadContext, blobs: readonly BlobId[], exceptSubjects: readonly SubjectId[]): Promise<readonly BlobId[]> {
    const rows = await read.manager.query<{ id: BlobId }[]>(
      `select b.id from blob b where b.tenant = $1 and b.id = any ($2::uuid[]) and b.erased_at is null and not b.subjects && $3::uuid[]
          and not exists (select 1 from version v where v.tenant = b.tenant and v.blob = b.id) order by b.id`,
      [read.context.tenant, [...blobs], [...exceptSubjects]],
    );
    return rows.map(({ id }) => id);
  }

  /** Until the transaction ends nothing is made from a picture of these, exported of it or said about it. */
  async lockAssets(write: WriteContext, assets: readonly AssetId[]): Promise<void> {
    await write.manager.query(`select 1 from asset where tenant = $1 and id = any ($2::uuid[]) order by id for update`, [
      write.context.tenant,
      [...assets],
    ]);
  }

  /** Nobody erases a picture of the version's asset until the transaction ends. False: it is erased. */
  async hold(write: WriteContext, version: VersionId): Promise<boolean> {
    await write.manager.query(
      `select 1 from asset where tenant = $1 and id = (select asset from version where tenant = $1 and id = $2) for key share`,
      [write.context.tenant, version],
    );
    const rows = await write.manager.query<{ erased: boolean }[]>(
      `select b.erased_at is not null as erased from version v join blob b on b.tenant = v.tenant and b.id = v.blob
        where v.tenant = $1 and v.id = $2`,
      [write.context.tenant, version],
    );
    return rows[0]?.erased === false;
  }

  /**
   * From the commit on nobody opens them: their keys are gone, and so are their digests. Answers the names that their bytes have in the store,
   * where they lie sealed until they are removed; no row refers to them any more, so a sweep finds them too. Erased already: left alone.
   */
  async eraseBlobs(write: WriteContext, blobs: readonly BlobId[], at: Date): Promise<readonly string[]> {
    if (blobs.length === 0) return [];
    const [rows] = await write.manager.query<[{ object: string }[], number]>(
      `with doomed as (select id, object from blob where tenant = $1 and id = any ($2::uuid[]) and erased_at is null order by id for update)
       update blob b set sha256 = null, wrapped_key = '', object = 'erased-' || b.id, erased_at = $3
         from doomed where b.tenant = $1 and b.id = doomed.id returning doomed.object`,
      [write.context.tenant, [...blobs], at],
    );
    return rows.map(({ object }) => object);
  }

  /** What was done to make them goes too, and none can be released, edited or exported any more. */
  async eraseVersions(write: WriteContext, versions: readonly VersionId[], at: Date): Promise<void> {
    await write.manager.query(
      `update version set operations = null, operations_key = null, released_at = null, blocked_at = coalesce(blocked_at, $3)
        where tenant = $1 and id = any ($2::uuid[])`,
      [write.context.tenant, [...versions], at],
    );
  }

  /** Those of `assets` of which no picture is left that is not among `versions`, or erased already. */
  async emptiedBy(read: ReadContext, assets: readonly AssetId[], versions: readonly VersionId[]): Promise<readonly AssetId[]> {
    if (assets.length === 0) return [];
    const rows = await read.manager.query<{ id: AssetId }[]>(
      `select a.id from asset a where a.tenant = $1 and a.id = any ($2::uuid[]) and a.erased_at is null
          and not exists (select 1 from version v join blob b on b.tenant = v.tenant and b.id = v.blob
                           where v.tenant = a.tenant and v.asset = a.id and b.erased_at is null and not v.id = any ($3::uuid[]))
        order by a.id`,
      [read.context.tenant, [...assets], [...versions]],
    );
    return rows.map(({ id }) => id);
  }

  /** Versions of each of `assets` whose bytes are destroyed. */
  async erasedOf(read: ReadContext, assets: readonly AssetId[]): Promise<ReadonlyMap<AssetId, readonly VersionId[]>> {
    const rows = await read.manager.query<{ asset: AssetId; versions: VersionId[] }[]>(
      `select v.asset, array_agg(v.id order by v.number) as versions from version v join blob b on b.tenant = v.tenant and b.id = v.blob
        where v.tenant = $1 and v.asset = any ($2::uuid[]) and b.erased_at is not null group by v.asset`,
      [read.context.tenant, [...assets]],
    );
    return new Map(rows.map(({ asset, versions }) => [asset, versions]));
  }

  /** The tombstone of an asset: its size stays, since its versions have it too. */
  async redactAssets(write: WriteContext, assets: readonly AssetId[], at: Date): Promise<void> {
    await write.manager.query(
      `update asset set name = 'erased', licence = null, c2pa = null, erased_at = $3,
              facts = jsonb_build_object('format', facts -> 'format', 'width', facts -> 'width', 'height', facts -> 'height')
        where tenant = $1 and id = any ($2::uuid[]) and erased_at is null`,
      [write.context.tenant, [...assets], at],
    );
    await write.manager.query(
      `update source_rights set owner = null, licence = null
        where tenant = $1 and asset = any ($2::uuid[]) and (owner is not null or licence is not null)`,
      [write.context.tenant, [...assets]],
    );
  }

  /** Versions of whole assets that have outlived their time and share their bytes with no asset that has not; oldest first. */
  async expired(read: ReadContext, { before, exceptAssets, exceptSubjects, limit }: ExpiredPictures): Promise<readonly PictureCopy[]> {
    const rows = await read.manager.query<CopyRow[]>(
      `with young as (
         select distinct v.asset from version v join blob b on b.tenant = v.tenant and b.id = v.blob
          where v.tenant = $1 and (v.created_at >= $2 or v.asset = any ($3::uuid[]) or b.subjects && $4::uuid[] or v.created_by = any ($4::uuid[]))
       ), old as (
         select a.id from asset a where a.tenant = $1 and a.erased_at is null and not a.id in (select asset from young)
            and not exists (select 1 from version v join version o on o.tenant = v.tenant and o.blob = v.blob and o.asset <> v.asset
                             where v.tenant = $1 and v.asset = a.id and o.asset in (select asset from young))
          order by a.created_at, a.id limit $5
       )
       select ${COPY} where v.tenant = $1 and v.asset in (select id from old) order by v.asset, v.number`,
      [read.context.tenant, before, [...exceptAssets], [...exceptSubjects], limit],
    );
    return rows.map(toCopy);
  }
}
