import type { SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { NoticeChannel, NoticeKind } from './notice.types.js';

@Injectable()
export class PreferenceRepository {
  async set(write: WriteContext, subject: SubjectId, channel: NoticeChannel, kinds: readonly NoticeKind[], at: Date): Promise<void> {
    await write.manager.query(
      `insert into notice_preference (tenant, subject, channel, kinds, set_at) values ($1, $2, $3, $4, $5)
        on conflict (tenant, subject, channel) do update set kinds = excluded.kinds, set_at = excluded.set_at`,
      [write.context.tenant, subject, channel, [...kinds], at],
    );
  }

  async of(read: ReadContext, subject: SubjectId, channel: NoticeChannel): Promise<readonly NoticeKind[]> {
    const rows = await read.manager.query<{ kinds: NoticeKind[] }[]>(
      `select kinds from notice_preference where tenant = $1 and subject = $2 and channel = $3`,
      [read.context.tenant, subject, channel],
    );
    return rows[0]?.kinds ?? [];
  }

  /** Those of `subjects` that want this kind over this channel. */
  async wanting(
    read: ReadContext,
    subjects: readonly SubjectId[],
    channel: NoticeChannel,
    kind: NoticeKind,
  ): Promise<ReadonlySet<SubjectId>> {
    const rows = await read.manager.query<{ subject: SubjectId }[]>(
      `select subject from notice_preference where tenant = $1 and subject = any ($2::uuid[]) and channel = $3 and $4 = any (kinds)`,
      [read.context.tenant, [...subjects], channel, kind],
    );
    return new Set(rows.map(({ subject }) => subject));
  }
}
