import type { AssetId, EntryId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { RightsDeclaration } from '../asset.types.js';
import type { SourceRights } from './rights.types.js';

interface RightsRow {
  readonly asset: AssetId;
  readonly number: number;
  readonly declared: RightsDeclaration;
  readonly owner: string | null;
  readonly licence: string | null;
  readonly channels: string[] | null;
  readonly territories: string[] | null;
  readonly valid_until: Date | null;
  readonly recorded_by: SubjectId | null;
  readonly recorded_at: Date;
}

const RIGHTS = `asset, number, declared, owner, licence, channels, territories, valid_until, recorded_by, recorded_at`;

function toRights({ valid_until, recorded_by, recorded_at, ...row }: RightsRow): SourceRights {
  return { ...row, validUntil: valid_until, recordedBy: recorded_by, recordedAt: recorded_at };
}

@Injectable()
export class RightsRepository {
  async insert(write: WriteContext, rights: SourceRights, entry: EntryId): Promise<void> {
    const { asset, number, declared, owner, licence, channels, territories, validUntil, recordedBy, recordedAt } = rights;
    await write.manager.query(
      `insert into source_rights (tenant, entry, ${RIGHTS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[write.context.tenant, entry, asset, number, declared, owner, licence],
        ...[channels && [...channels], territories && [...territories], validUntil, recordedBy, recordedAt],
      ],
    );
  }

  /** The newest of each asset that has one. */
  async newest(read: ReadContext, assets: readonly AssetId[]): Promise<ReadonlyMap<AssetId, SourceRights>> {
    if (assets.length === 0) return new Map();
    const rows = await read.manager.query<RightsRow[]>(
      `select distinct on (asset) ${RIGHTS} from source_rights where tenant = $1 and asset = any ($2::uuid[]) order by asset, number desc`,
      [read.context.tenant, [...assets]],
    );
    return new Map(rows.map((row) => [row.asset, toRights(row)]));
  }

  /** Oldest first. */
  async history(read: ReadContext, asset: AssetId): Promise<readonly SourceRights[]> {
    const rows = await read.manager.query<RightsRow[]>(
      `select ${RIGHTS} from source_rights where tenant = $1 and asset = $2 order by number`,
      [read.context.tenant, asset],
    );
    return rows.map(toRights);
  }
}
