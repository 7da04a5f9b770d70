import type { LogAccessId, SubjectId, TenantId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Somebody without an account may read the tenant's log, until a time. */
export interface LogAccess {
  readonly id: LogAccessId;
  readonly note: string | null;
  readonly grantedBy: SubjectId | null;
  readonly grantedAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  /** When its latest `log.access-used` was written; null: never used. */
  readonly usedAt: Date | null;
}

/** What the holder of a token has, before anybody asked whether it is still valid. */
export interface HeldAccess {
  readonly tenant: TenantId;
  readonly id: LogAccessId;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly usedAt: Date | null;
}

interface Row {
  readonly tenant: TenantId;
  readonly id: LogAccessId;
  readonly note: string | null;
  readonly granted_by: SubjectId | null;
  readonly granted_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly used_at: Date | null;
}

const COLUMNS = 'tenant, id, note, granted_by, granted_at, expires_at, revoked_at, used_at';

function accessOf(row: Row): LogAccess {
  return {
    id: row.id,
    note: row.note,
    grantedBy: row.granted_by,
    grantedAt: row.granted_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    usedAt: row.used_at,
  };
}

@Injectable()
export class LogAccessRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Finds whose log a token opens, before any tenant is known. A narrow SELECT policy makes that possible, and nothing more: a row shows when
   * its hash equals what this transaction says it looks for.
   */
  async held(tokenHash: Uint8Array): Promise<HeldAccess | null> {
    return this.dataSource.transaction(async (manager) => {
      const hash = Buffer.from(tokenHash);
      await manager.query(`set transaction read only`);
      await manager.query(`select set_config('app.log_token', $1, true)`, [hash.toString('hex')]);
      const rows = await manager.query<Row[]>(`select ${COLUMNS} from ledger_access where token_hash = $1`, [hash]);
      const row = rows[0];
      return row ? { tenant: row.tenant, ...accessOf(row) } : null;
    });
  }

  async insert(write: WriteContext, access: LogAccess, tokenHash: Uint8Array): Promise<void> {
    await write.manager.query(
      `insert into ledger_access (tenant, id, token_hash, note, granted_by, granted_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
      [write.context.tenant, access.id, Buffer.from(tokenHash), access.note, access.grantedBy, access.grantedAt, access.expiresAt],
    );
  }

  async find(read: ReadContext, id: LogAccessId): Promise<LogAccess | null> {
    const rows = await read.manager.query<Row[]>(`select ${COLUMNS} from ledger_access where tenant = $1 and id = $2`, [
      read.context.tenant,
      id,
    ]);
    return rows[0] ? accessOf(rows[0]) : null;
  }

  /** Newest first. */
  async list(read: ReadContext, first: number, after: LogAccessId | null): Promise<readonly LogAccess[]> {
    const rows = await read.manager.query<Row[]>(
      `select ${COLUMNS} from ledger_access where tenant = $1 and ($3::uuid is null or id < $3) order by id desc limit $2`,
      [read.context.tenant, first, after],
    );
    return rows.map(accessOf);
  }

  /** Answers whether it was this call that revoked it. */
  async revoke(write: WriteContext, id: LogAccessId, at: Date): Promise<boolean> {
    return this.changed(write, `revoked_at = $3 where tenant = $1 and id = $2 and revoked_at is null`, [id, at]);
  }

  /** Answers whether it was this call that noted a use: not when one was noted after `since`, nor when it cannot be used any more. */
  async noteUse(write: WriteContext, id: LogAccessId, at: Date, since: Date): Promise<boolean> {
    const where = `tenant = $1 and id = $2 and (used_at is null or used_at <= $4) and revoked_at is null and expires_at > $3`;
    return this.changed(write, `used_at = $3 where ${where}`, [id, at, since]);
  }

  private async changed(write: WriteContext, change: string, values: readonly unknown[]): Promise<boolean> {
    const rows = await write.manager.query<unknown>(
      `with changed as (update ledger_access set ${change} returning id) select id from changed`,
      [write.context.tenant, ...values],
    );
    return Array.isArray(rows) && rows.length > 0;
  }
}
