import type { AssetId, BlobId, MaskId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { MaskRow } from './editing.entity.js';
import type { Mask, MaskBox, MaskPolygon } from './editing.types.js';

function toShape(row: MaskRow): Mask['shape'] {
  if (row.kind !== 'png') return row.shape as MaskBox | MaskPolygon;
  const { width, height } = row.shape as { readonly width: number; readonly height: number };
  return { kind: 'png', blob: row.blob as BlobId, width, height };
}

function toMask(row: MaskRow): Mask {
  return {
    id: row.id as MaskId,
    series: row.series as MaskId,
    number: row.number,
    asset: row.asset as AssetId | null,
    shape: toShape(row),
    drawnBy: row.drawnBy as SubjectId | null,
    createdAt: row.createdAt,
  };
}

@Injectable()
export class MaskRepository {
  /** False when this number of the series is taken. */
  async insert(write: WriteContext, { shape, ...mask }: Mask): Promise<boolean> {
    const drawn = shape.kind === 'png' ? { width: shape.width, height: shape.height } : { ...shape };
    const done = await write.manager
      .createQueryBuilder()
      .insert()
      .into(MaskRow)
      .values({ ...mask, tenant: write.context.tenant, kind: shape.kind, shape: drawn, blob: shape.kind === 'png' ? shape.blob : null })
      .orIgnore()
      .returning('id')
      .execute();
    return (done.raw as unknown[]).length > 0;
  }

  async findMany(read: ReadContext, ids: readonly MaskId[]): Promise<readonly Mask[]> {
    if (ids.length === 0) return [];
    const rows = await read.manager
      .createQueryBuilder(MaskRow, 'm')
      .where('m.tenant = :tenant and m.id in (:...ids)', { tenant: read.context.tenant, ids })
      .getMany();
    return rows.map(toMask);
  }

  /** Every version, oldest first. */
  async series(read: ReadContext, series: MaskId): Promise<readonly Mask[]> {
    const rows = await read.manager.find(MaskRow, { where: { tenant: read.context.tenant, series }, order: { number: 'ASC' } });
    return rows.map(toMask);
  }
}
