import type { BundleId, EntryId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Acknowledgement } from './acknowledgement.types.js';

interface AcknowledgementRow {
  readonly subject: SubjectId;
  readonly digest: string;
  readonly version: string;
  readonly bundle: BundleId;
  readonly entry: EntryId;
  readonly acknowledged_at: Date;
}

@Injectable()
export class AcknowledgementRepository {
  /** One person acknowledges one after the other: a second time at once finds the first. */
  async lockPerson(write: WriteContext, subject: SubjectId): Promise<void> {
    await write.manager.query(`select pg_advisory_xact_lock(hashtext('imprimatur/acknowledgement'), hashtext($1))`, [
      `${write.context.tenant}/${subject}`,
    ]);
  }

  async find(read: ReadContext, subject: SubjectId, digest: string): Promise<Acknowledgement | null> {
    const rows = await read.manager.query<AcknowledgementRow[]>(
      `select subject, digest, version, bundle, entry, acknowledged_at from policy_acknowledgement
        where tenant = $1 and subject = $2 and digest = $3`,
      [read.context.tenant, subject, digest],
    );
    if (!rows[0]) return null;
    const { acknowledged_at: acknowledgedAt, ...row } = rows[0];
    return { ...row, acknowledgedAt };
  }

  async insert(write: WriteContext, { subject, digest, version, bundle, entry, acknowledgedAt }: Acknowledgement): Promise<void> {
    await write.manager.query(
      `insert into policy_acknowledgement (tenant, subject, digest, version, bundle, entry, acknowledged_at)
        values ($1, $2, $3, $4, $5, $6, $7)`,
      [write.context.tenant, subject, digest, version, bundle, entry, acknowledgedAt],
    );
  }
}
