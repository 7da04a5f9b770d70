import type { AssetId, BlobId, ExportId, VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** An export and the files that were made for it. */
export interface ExportCopy {
  readonly export: ExportId;
  readonly version: VersionId;
  readonly asset: AssetId;
  /** The unsigned and the signed file, as far as they were made. */
  readonly blobs: readonly BlobId[];
  readonly createdAt: Date;
}

export interface EndedExports {
  readonly before: Date;
  readonly exceptAssets: readonly AssetId[];
  /** Names of blobs that are erased already are the caller's to leave out. */
  readonly after: ExportId | null;
  readonly limit: number;
}

const COPY = `id as export, version, asset, array_remove(array[unsigned_blob, signed_blob], null) as blobs, created_at as "createdAt" from export`;

/** It asks nobody's permission. */
@Injectable()
export class ExportCopies {
  async ofVersions(read: ReadContext, versions: readonly VersionId[]): Promise<readonly ExportCopy[]> {
    if (versions.length === 0) return [];
    return read.manager.query<ExportCopy[]>(`select ${COPY} where tenant = $1 and version = any ($2::uuid[]) order by id`, [
      read.context.tenant,
      [...versions],
    ]);
  }

  /** Exports that ended before, by id. */
  async ended(read: ReadContext, { before, exceptAssets, after, limit }: EndedExports): Promise<readonly ExportCopy[]> {
    return read.manager.query<ExportCopy[]>(
      `select ${COPY} where tenant = $1 and ended_at < $2 and not asset = any ($3::uuid[]) and ($4::uuid is null or id > $4) order by id limit $5`,
      [read.context.tenant, before, [...exceptAssets], after, limit],
    );
  }
}
