import type { AssetId, ExportId, TenantId } from '@imprimatur/kernel';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ExportStanding } from './export.types.js';

/** What the world may know of a finished export. */
export interface ExportStatus {
  readonly standing: ExportStanding;
  /** Null: valid. */
  readonly since: Date | null;
}

@Injectable()
export class ExportStatusRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Whether a finished export still stands, whosever it is; null: there is no such export, or it is not finished. A narrow SELECT policy makes that
   * possible, and nothing more: a row shows when its id is what this transaction says it looks for.
   */
  async find(id: ExportId): Promise<ExportStatus | null> {
    return this.row<ExportStatus>(id, 'standing, standing_since as since');
  }

  /** Whose it is and what it shows, for whoever complains about it: the service needs it, and tells nobody. Null: as with `find`. */
  async locate(id: ExportId): Promise<{ readonly tenant: TenantId; readonly asset: AssetId } | null> {
    return this.row(id, 'tenant, asset');
  }

  private async row<Row>(id: ExportId, columns: string): Promise<Row | null> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(`set transaction read only`);
      await manager.query(`select set_config('app.export_status', $1, true)`, [id]);
      const rows = await manager.query<Row[]>(`select ${columns} from export where id = $1 and state = 'done'`, [id]);
      return rows[0] ?? null;
    });
  }
}
