import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Pace, PaceOf } from './editing.types.js';

@Injectable()
export class PaceRepository {
  /** One statement; each count reads its own index only, and no further back than it looks. */
  async count(read: ReadContext, { subject, asset, turn, at }: PaceOf): Promise<Pace> {
    const [row] = await read.manager.query<Pace[]>(
      `select
         (select count(*)::int from turn where tenant = $1 and submitted_by = $2
             and submitted_at > $5::timestamptz - interval '1 hour' and submitted_at <= $5 and id is distinct from $4) as "turnsLastHour",
         (select count(*)::int from turn where tenant = $1
             and submitted_at > $5::timestamptz - interval '24 hours' and submitted_at <= $5 and id is distinct from $4) as "turnsLastDayTenant",
         (select count(*)::int from turn_item where tenant = $1 and asset = $3
             and created_at > $5::timestamptz - interval '24 hours' and created_at <= $5 and turn is distinct from $4) as "turnsLastDayAsset"`,
      [read.context.tenant, subject, asset, turn, at],
    );
    return row ?? { turnsLastHour: 0, turnsLastDayTenant: 0, turnsLastDayAsset: 0 };
  }
}
