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

  /** A subject without a key gets a destroyed one: none is made later. */
  async destroy(write: WriteContext, subject: SubjectId): Promise<boolean> {
    const rows = await write.manager.query<{ existed: boolean }[]>(
      `insert into subject_key as k (tenant, subject, key_id, wrapped, destroyed_at) values ($1, $2, 'destroyed', null, now())
       on conflict (tenant, subject) do update set wrapped = null, destroyed_at = now() where k.wrapped is not null
       returning xmax <> 0 as existed`,
      [write.context.tenant, subject],
    );
    return rows[0]?.existed ?? false;
  }
}
