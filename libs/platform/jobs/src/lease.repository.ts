import type { DataSource, EntityManager } from 'typeorm';
import type { JsonObject, TenantId } from '@imprimatur/kernel';
import type { Job } from './job.types.js';

interface Row {
  readonly id: string;
  readonly tenant: string;
  readonly kind: string;
  readonly key: string;
  readonly payload: JsonObject;
  readonly attempts: number;
}

/** Every statement on leases. The token fences: a run that lost its lease changes nothing any more. */
export class LeaseRepository {
  constructor(private readonly source: DataSource) {}

  /** Takes up to `limit` jobs of a kind that are due or whose worker died, of whatever tenant. A new token fences the old worker off. */
  async take(kind: string, limit: number, leaseMs: number, token: string): Promise<readonly Job[]> {
    const [rows] = await this.source.query<[Row[], number]>(
      `update job set state = 'running', attempts = attempts + 1, lease_token = $4, lease_until = now() + $3 * interval '1 millisecond'
            , again = false
        where id in (
          select id from job
           where kind = $1 and ((state = 'queued' and run_at <= now()) or (state = 'running' and lease_until < now()))
           order by run_at, id limit $2 for update skip locked)
        returning id, tenant, kind, key, payload, attempts`,
      [kind, limit, leaseMs, token],
    );
    return rows.map(({ attempts, tenant, ...row }) => ({ ...row, tenant: tenant as TenantId, attempt: attempts }));
  }

  /** False: the lease is another's by now. */
  async heartbeat(id: string, token: string, leaseMs: number): Promise<boolean> {
    return this.change(this.source.manager, id, token, `lease_until = now() + $3 * interval '1 millisecond'`, [leaseMs]);
  }

  /** Within the caller's transaction when `manager` is given. Enqueued again meanwhile: back to the queue instead of done. */
  async complete(id: string, token: string, manager: EntityManager = this.source.manager): Promise<boolean> {
    const set = `state = case when again then 'queued' else 'done' end, attempts = case when again then 0 else attempts end,
      ended_at = case when again then null else now() end, again = false, lease_token = null, lease_until = null, last_error = null`;
    return this.change(manager, id, token, set);
  }

  /** `error` null: not the job's fault, and no attempt. */
  async retry(id: string, token: string, waitMs: number, error: string | null): Promise<boolean> {
    const set = `state = 'queued', again = false, lease_token = null, lease_until = null, last_error = $4,
      run_at = now() + (case when again then 0 else $3::float end) * interval '1 millisecond',
      attempts = case when $4::text is null then attempts - 1 else attempts end`;
    return this.change(this.source.manager, id, token, set, [waitMs, error]);
  }

  /** Within the transaction that tells the job's owner. */
  async bury(id: string, token: string, error: string, manager: EntityManager): Promise<boolean> {
    const set = `state = 'dead', again = false, lease_token = null, lease_until = null, last_error = $3, ended_at = now()`;
    return this.change(manager, id, token, set, [error]);
  }

  /** Done rows are history of no value (the ledger has the events), dead ones are for the operator to look at. */
  async sweep(): Promise<void> {
    await this.source.query(`select sweep_jobs()`);
  }

  private async change(manager: EntityManager, id: string, token: string, set: string, values: readonly unknown[] = []): Promise<boolean> {
    const [, count] = await manager.query<[unknown, number]>(
      `update job set ${set} where id = $1 and state = 'running' and lease_token = $2`,
      [id, token, ...values],
    );
    return count === 1;
  }
}
