import type { SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

export interface SealedAddress {
  readonly wrappedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

@Injectable()
export class ContactRepository {
  async set(write: WriteContext, subject: SubjectId, { wrappedKey, sealed }: SealedAddress, at: Date): Promise<void> {
    await write.manager.query(
      `insert into mail_address (tenant, subject, wrapped_key, sealed, set_at) values ($1, $2, $3, $4, $5)
        on conflict (tenant, subject) do update set wrapped_key = excluded.wrapped_key, sealed = excluded.sealed, set_at = excluded.set_at`,
      [write.context.tenant, subject, Buffer.from(wrappedKey), Buffer.from(sealed), at],
    );
  }

  async remove(write: WriteContext, subject: SubjectId): Promise<void> {
    await write.manager.query(`delete from mail_address where tenant = $1 and subject = $2`, [write.context.tenant, subject]);
  }

  async find(read: ReadContext, subject: SubjectId): Promise<SealedAddress | null> {
    const rows = await read.manager.query<SealedAddress[]>(
      `select wrapped_key as "wrappedKey", sealed from mail_address where tenant = $1 and subject = $2`,
      [read.context.tenant, subject],
    );
    return rows[0] ?? null;
  }
}
