import type { AssetId, BlobId, EntryId, ExportId, SubjectId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { ExportRow } from './export.entity.js';
import type { Export, ExportFormat, ExportStanding, ExportState } from './export.types.js';

function toExport(row: ExportRow): Export {
  return {
    id: row.id as ExportId,
    version: row.version as VersionId,
    asset: row.asset as AssetId,
    state: row.state as ExportState,
    format: row.format as ExportFormat,
    maxSide: row.maxSide,
    labels: row.labels as Export['labels'],
    requestedBy: row.requestedBy as SubjectId | null,
    declares: row.declares,
    createdAt: row.createdAt,
    rendered:
      row.unsignedBlob && row.renderedEntry
        ? { blob: row.unsignedBlob as BlobId, entry: row.renderedEntry as EntryId, label: row.label }
        : null,
    signed:
      row.signedBlob && row.manifestUrn && row.releaseIndex !== null
        ? { blob: row.signedBlob as BlobId, manifestUrn: row.manifestUrn, releaseIndex: row.releaseIndex }
        : null,
    failure: row.failure,
    kept: row.failureReason !== null && row.failureRemedy !== null ? { reason: row.failureReason, remedy: row.failureRemedy } : null,
    retryAt: row.retryAt,
    standing: row.standing as ExportStanding,
    standingSince: row.standingSince,
    standingCode: row.standingCode,
  };
}

@Injectable()
export class ExportRepository {
  async find(read: ReadContext, id: ExportId): Promise<Export | null> {
    const row = await read.manager.findOneBy(ExportRow, { tenant: read.context.tenant, id });
    return row && toExport(row);
  }

  /** The row stays locked until the transaction ends: one export is advanced by one worker at a time. */
  async lock(write: WriteContext, id: ExportId): Promise<Export | null> {
    const row = await write.manager.findOne(ExportRow, {
      where: { tenant: write.context.tenant, id },
      lock: { mode: 'pessimistic_write' },
    });
    return row && toExport(row);
  }

  async ofVersions(read: ReadContext, versions: readonly VersionId[]): Promise<readonly Export[]> {
    if (versions.length === 0) return [];
    const rows = await read.manager
      .createQueryBuilder(ExportRow, 'e')
      .where('e.tenant = :tenant and e.version in (:...versions)', { tenant: read.context.tenant, versions })
      .orderBy('e.id')
      .getMany();
    return rows.map(toExport);
  }

  async findMany(read: ReadContext, ids: readonly ExportId[]): Promise<readonly Export[]> {
    return (await read.manager.findBy(ExportRow, { tenant: read.context.tenant, id: In([...ids]) })).map(toExport);
  }

  /** Locks every export of `versions`, in the order of their ids. */
  async lockOfVersions(write: WriteContext, versions: readonly VersionId[]): Promise<readonly ExportId[]> {
    const rows = await write.manager.query<{ id: ExportId }[]>(
      `select id from export where tenant = $1 and version = any ($2::uuid[]) order by id for update`,
      [write.context.tenant, [...versions]],
    );
    return rows.map(({ id }) => id);
  }

  /** Exports whose signed file is this blob, or whose manifest has this name. */
  async ofFile(read: ReadContext, blob: BlobId, manifestUrn: string | null): Promise<readonly Export[]> {
    const rows = await read.manager
      .createQueryBuilder(ExportRow, 'e')
      .where('e.tenant = :tenant and (e.signedBlob = :blob or e.manifestUrn = :manifestUrn)', {
        tenant: read.context.tenant,
        blob,
        manifestUrn,
      })
      .orderBy('e.id')
      .getMany();
    return rows.map(toExport);
  }

  async insert(write: WriteContext, exported: Export): Promise<void> {
    await write.manager.insert(ExportRow, {
      tenant: write.context.tenant,
      id: exported.id,
      version: exported.version,
      asset: exported.asset,
      state: exported.state,
      format: exported.format,
      maxSide: exported.maxSide,
      labels: exported.labels,
      requestedBy: exported.requestedBy,
      declares: [...exported.declares],
      createdAt: exported.createdAt,
    });
  }

  async update(write: WriteContext, id: ExportId, change: Partial<Omit<ExportRow, 'tenant' | 'id'>>): Promise<void> {
    await write.manager.update(ExportRow, { tenant: write.context.tenant, id }, change);
  }
}
