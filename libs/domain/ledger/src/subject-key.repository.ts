import type { SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import type { WrappedKey } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';

@Injectable()
export class SubjectKeyRepository {
  /** The keys that exist and were not destroyed. */
  async find(read: ReadContext, subjects: readonly SubjectId[]): Promise<ReadonlyMap<SubjectId, WrappedKey>> {
    if (subjects.length === 0) return new Map();
    const rows = await read.manager.query<{ subject: SubjectId; key_id: string; wrapped: Uint8Array }[]>(
      `select subject, key_id, wrapped from subject_key where tenant = $1 and subject = any($2) and wrapped is not null`,
      [read.context.tenant, subjects],
    );
    return new Map(rows.map(({ subject, key_id, wrapped }) => [subject, { keyId: key_id, bytes: wrapped }]));
  }

  async insertMissing(write: WriteContext, keys: readonly { readonly subject: SubjectId; readonly wrapped: WrappedKey }[]): Promise<void> {
    await write.manager.query(
      `insert into subject_key (tenant, subject, key_id, wrapped)
       select $1, * from unnest($2::uuid[], $3::text[], $4::bytea[]) on conflict do nothing`,
      [
        write.context.tenant,
        keys.map(({ subject }) => subject),
        keys.map(({ wrapped }) => wrapped.keyId),
        keys.map(({ wrapped }) => Buffer.from(wrapped.bytes)),
      ],
    );
  }

  async destroy(write: WriteContext, subject: SubjectId): Promise<boolean> {
    const [, count] = await write.manager.query<[unknown, number]>(
      `update subject_key set wrapped = null, destroyed_at = now() where tenant = $1 and subject = $2 and wrapped is not null`,
      [write.context.tenant, subject],
    );
    return count === 1;
  }
}
