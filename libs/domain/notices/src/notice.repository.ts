import type { ExportId, NoticeId, SubjectId } from '@imprimatur/kernel';
import { notify, type ReadContext, type WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { NOTICE_CHANNEL, noticeTopic } from './notice.channel.js';
import type { Notice, NoticeKind, NoticeSlice } from './notice.types.js';

interface NoticeRow {
  readonly id: NoticeId;
  readonly addressee: SubjectId;
  readonly kind: NoticeKind;
  readonly about: string;
  readonly about_version: number;
  readonly days_left: number | null;
  readonly until: Date | null;
  readonly exports: readonly ExportId[];
  readonly created_at: Date;
  readonly read_at: Date | null;
  readonly mailed_at: Date | null;
}

const NOTICE = `id, addressee, kind, about, about_version, days_left, until, exports, created_at, read_at, mailed_at from notice`;

function toNotice(row: NoticeRow): Notice {
  return {
    id: row.id,
    addressee: row.addressee,
    kind: row.kind,
    about: row.about,
    version: row.about_version,
    daysLeft: row.days_left,
    until: row.until,
    exports: row.exports,
    createdAt: row.created_at,
    readAt: row.read_at,
    mailedAt: row.mailed_at,
  };
}

@Injectable()
export class NoticeRepository {
  /** False: the addressee was told already. Otherwise their subscriptions hear of it with the commit. */
  async insert(write: WriteContext, notice: Notice): Promise<boolean> {
    const { id, addressee, kind, about, version, daysLeft, until, exports, createdAt } = notice;
    const rows: unknown = await write.manager.query(
      `insert into notice (tenant, id, addressee, kind, about, about_version, days_left, until, exports, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9::uuid[], $10) on conflict do nothing returning id`,
      [write.context.tenant, id, addressee, kind, about, version, daysLeft, until, [...exports], createdAt],
    );
    const isNew = Array.isArray(rows) && rows.length > 0;
    if (isNew) await notify(write, NOTICE_CHANNEL, noticeTopic(write.context.tenant, addressee));
    return isNew;
  }

  /** Those of `ids` that are the addressee's. */
  async findMany(read: ReadContext, addressee: SubjectId, ids: readonly NoticeId[]): Promise<readonly Notice[]> {
    const rows = await read.manager.query<NoticeRow[]>(`select ${NOTICE} where tenant = $1 and addressee = $2 and id = any ($3::uuid[])`, [
      read.context.tenant,
      addressee,
      [...ids],
    ]);
    return rows.map(toNotice);
  }

  /** Whosever it is: for the work of the system. */
  async findAny(read: ReadContext, id: NoticeId): Promise<Notice | null> {
    const rows = await read.manager.query<NoticeRow[]>(`select ${NOTICE} where tenant = $1 and id = $2`, [read.context.tenant, id]);
    return rows[0] ? toNotice(rows[0]) : null;
  }

  async setMailed(write: WriteContext, id: NoticeId, at: Date): Promise<void> {
    await write.manager.query(`update notice set mailed_at = $3 where tenant = $1 and id = $2 and mailed_at is null`, [
      write.context.tenant,
      id,
      at,
    ]);
  }

  /** Newest first. */
  async page(read: ReadContext, addressee: SubjectId, { unreadOnly, first, after }: NoticeSlice): Promise<readonly Notice[]> {
    const rows = await read.manager.query<NoticeRow[]>(
      `select ${NOTICE} where tenant = $1 and addressee = $2 and ($3::uuid is null or id < $3) ${unreadOnly ? 'and read_at is null' : ''}
        order by id desc limit $4`,
      [read.context.tenant, addressee, after, first],
    );
    return rows.map(toNotice);
  }

  /** The first time counts. */
  async setRead(write: WriteContext, addressee: SubjectId, id: NoticeId, at: Date): Promise<void> {
    await write.manager.query(`update notice set read_at = $4 where tenant = $1 and addressee = $2 and id = $3 and read_at is null`, [
      write.context.tenant,
      addressee,
      id,
      at,
    ]);
  }
}
