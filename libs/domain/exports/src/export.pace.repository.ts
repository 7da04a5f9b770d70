import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Export, ExportPace } from './export.types.js';

@Injectable()
export class ExportPaceRepository {
  /**
   * What was exported when this one was asked for, without it and without what failed. Those that were asked for later do not count, or many at once
   * would all be too many. One statement; each count reads its own index only.
   */
  async count(read: ReadContext, { id, asset, requestedBy, createdAt }: Export): Promise<ExportPace> {
    const [row] = await read.manager.query<ExportPace[]>(
      `select last_day.count as "exportsLastDay", last_day.oldest as "oldestOfLastDay",
         (select count(*)::int from export where tenant = $1 and asset = $4 and state <> 'failed' and created_at <= $3 and id <> $5) as "exportsOfAsset"
       from (select count(*)::int as count, min(created_at) as oldest from export
              where tenant = $1 and requested_by = $2 and state <> 'failed'
                and created_at > $3::timestamptz - interval '24 hours' and created_at <= $3 and id <> $5) as last_day`,
      [read.context.tenant, requestedBy, createdAt, asset, id],
    );
    return row ?? { exportsLastDay: 0, oldestOfLastDay: null, exportsOfAsset: 0 };
  }
}
