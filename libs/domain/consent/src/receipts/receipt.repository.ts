import type { ConsentId, EntryId, ReceiptId, SubjectId, TenantId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { ConsentReceipt, HeldReceipt, ReceiptSlice } from './receipt.types.js';

interface ReceiptRow {
  readonly tenant: TenantId;
  readonly id: ReceiptId;
  readonly consent: ConsentId;
  readonly consent_version: number;
  readonly subject: SubjectId;
  readonly entry: EntryId;
  readonly issued_by: SubjectId | null;
  readonly issued_at: Date;
  readonly ended_at: Date | null;
}

const RECEIPT = `tenant, id, consent, consent_version, subject, entry, issued_by, issued_at, ended_at from consent_receipt`;

function toReceipt(row: ReceiptRow): ConsentReceipt {
  return {
    id: row.id,
    consent: row.consent,
    version: row.consent_version,
    subject: row.subject,
    entry: row.entry,
    issuedBy: row.issued_by,
    issuedAt: row.issued_at,
    endedAt: row.ended_at,
  };
}

@Injectable()
export class ReceiptRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * What the holder of a capability has, before any tenant is known; one that was replaced, too. A narrow SELECT policy makes that possible, and
   * nothing more: a row shows when its hash equals what this transaction says it looks for.
   */
  async held(capabilitySha256: Uint8Array): Promise<HeldReceipt | null> {
    return this.dataSource.transaction(async (manager) => {
      const hash = Buffer.from(capabilitySha256);
      await manager.query(`set transaction read only`);
      await manager.query(`select set_config('app.receipt_capability', $1, true)`, [hash.toString('hex')]);
      const [row] = await manager.query<ReceiptRow[]>(`select ${RECEIPT} where capability_sha256 = $1`, [hash]);
      return row ? { tenant: row.tenant, ...toReceipt(row) } : null;
    });
  }

  async insert(write: WriteContext, receipt: ConsentReceipt, capabilitySha256: Uint8Array): Promise<void> {
    const { id, consent, version, subject, entry, issuedBy, issuedAt } = receipt;
    await write.manager.query(
      `insert into consent_receipt (tenant, id, consent, consent_version, subject, capability_sha256, entry, issued_by, issued_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [write.context.tenant, id, consent, version, subject, Buffer.from(capabilitySha256), entry, issuedBy, issuedAt],
    );
  }

  /** Answers how many ended. */
  async endAllOf(write: WriteContext, consent: ConsentId, at: Date): Promise<number> {
    const [, ended] = await write.manager.query<[unknown, number]>(
      `update consent_receipt set ended_at = $3 where tenant = $1 and consent = $2 and ended_at is null`,
      [write.context.tenant, consent, at],
    );
    return ended;
  }

  async findMany(read: ReadContext, ids: readonly ReceiptId[]): Promise<readonly ConsentReceipt[]> {
    const rows = await read.manager.query<ReceiptRow[]>(`select ${RECEIPT} where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toReceipt);
  }

  /** Newest first. */
  async page(read: ReadContext, { consent, first, after }: ReceiptSlice): Promise<readonly ConsentReceipt[]> {
    const rows = await read.manager.query<ReceiptRow[]>(
      `select ${RECEIPT} where tenant = $1 and consent = $2 and ($3::uuid is null or id < $3) order by id desc limit $4`,
      [read.context.tenant, consent, after, first],
    );
    return rows.map(toReceipt);
  }
}
