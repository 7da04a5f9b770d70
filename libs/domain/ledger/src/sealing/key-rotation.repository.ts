import type { SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import type { WrappedKey } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';

export interface SubjectKey {
  readonly subject: SubjectId;
  readonly wrapped: WrappedKey;
}

@Injectable()
export class KeyRotationRepository {
  /** Keys that are not wrapped by `keyId`, after `after`, in the order of subjects. Destroyed ones are none. */
  async outdated(read: ReadContext, keyId: string, after: SubjectId | null, limit: number): Promise<readonly SubjectKey[]> {
    const rows = await read.manager.query<{ subject: SubjectId; key_id: string; wrapped: Uint8Array }[]>(
      `select subject, key_id, wrapped from subject_key
        where tenant = $1 and key_id <> $2 and wrapped is not null and ($3::uuid is null or subject > $3) order by subject limit $4`,
      [read.context.tenant, keyId, after, limit],
    );
    return rows.map(({ subject, key_id, wrapped }) => ({ subject, wrapped: { keyId: key_id, bytes: wrapped } }));
  }

  /** Puts each `next` where its `old` still is: a key that was destroyed or rewrapped meanwhile stays as it is. Answers how many. */
  async replace(write: WriteContext, changes: readonly { readonly old: SubjectKey; readonly next: WrappedKey }[]): Promise<number> {
    const [, count] = await write.manager.query<[unknown, number]>(
      `update subject_key k set key_id = c.key_id, wrapped = c.wrapped
         from unnest($2::uuid[], $3::bytea[], $4::text[], $5::bytea[]) as c (subject, was, key_id, wrapped)
        where k.tenant = $1 and k.subject = c.subject and k.wrapped = c.was`,
      [
        write.context.tenant,
        changes.map(({ old }) => old.subject),
        changes.map(({ old }) => Buffer.from(old.wrapped.bytes)),
        changes.map(({ next }) => next.keyId),
        changes.map(({ next }) => Buffer.from(next.bytes)),
      ],
    );
    return count;
  }
}
