import { Injectable } from '@nestjs/common';
import type { WriteContext } from '@imprimatur/platform/database';
import type { NewJob } from './job.types.js';

/** The channel that wakes consumers. */
export const JOB_CHANNEL = 'imprimatur_job';

/** The queue's writing side. */
@Injectable()
export class Jobs {
  /**
   * The job exists exactly when `write` commits; consumers are woken then, unless it is for later: whoever notifies commits one after the other. One that waits already takes the newer payload and the earlier
   * time; one that runs already runs once more afterwards, since it may have read what `write` is about to change. Touching the row also
   * locks it: nobody takes it before `write` has committed.
   */
  async enqueue(write: WriteContext, job: NewJob): Promise<void> {
    await write.manager.query(
      `with added as (
         insert into job (tenant, kind, key, payload, run_at) values ($1, $2, $3, $4, coalesce($5, now()))
         on conflict (tenant, kind, key) where state in ('queued', 'running') do update
           set payload = excluded.payload, again = job.state = 'running',
               run_at = case job.state when 'running' then excluded.run_at else least(job.run_at, excluded.run_at) end
       )
       select pg_notify($6, $2) where $5 is null or $5 <= now()`,
      [write.context.tenant, job.kind, job.key, JSON.stringify(job.payload), job.runAt ?? null, JOB_CHANNEL],
    );
  }
}
