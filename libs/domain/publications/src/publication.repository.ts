import type { EntryId, ExportId, PublicationId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { Publication, PublicationPage } from './publication.types.js';

interface PublicationRow {
  readonly id: PublicationId;
  readonly export: ExportId;
  readonly channel: string;
  readonly url: string;
  readonly published_at: Date;
  readonly is_same_file: boolean | null;
  readonly entry: EntryId;
  readonly registered_by: SubjectId | null;
  readonly registered_at: Date;
  readonly ended_by: SubjectId | null;
  readonly ended_at: Date | null;
}

const COLUMNS = 'id, export, channel, url, published_at, is_same_file, entry, registered_by, registered_at';
const PUBLICATION = `${COLUMNS}, ended_by, ended_at from publication`;

function toPublication(row: PublicationRow): Publication {
  return {
    ...{ id: row.id, export: row.export, channel: row.channel, url: row.url, entry: row.entry },
    publishedAt: row.published_at,
    isSameFile: row.is_same_file,
    registeredBy: row.registered_by,
    registeredAt: row.registered_at,
    ended: row.ended_at && { by: row.ended_by, at: row.ended_at },
  };
}

@Injectable()
export class PublicationRepository {
  async insert(write: WriteContext, made: Publication): Promise<void> {
    await write.manager.query(`insert into publication (tenant, ${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, [
      ...[write.context.tenant, made.id, made.export, made.channel, made.url, made.publishedAt, made.isSameFile],
      ...[made.entry, made.registeredBy, made.registeredAt],
    ]);
  }

  async findMany(read: ReadContext, ids: readonly PublicationId[]): Promise<readonly Publication[]> {
    return this.rows(read, 'id = any ($2::uuid[])', [[...ids]]);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: PublicationId): Promise<Publication | null> {
    return (await this.rows(write, 'id = $2 for update', [id]))[0] ?? null;
  }

  /** Those of the exports that still stand somewhere. */
  async standing(read: ReadContext, exports: readonly ExportId[]): Promise<readonly Publication[]> {
    return this.rows(read, 'export = any ($2::uuid[]) and ended_at is null order by id', [[...exports]]);
  }

  /** Newest first. */
  async page(read: ReadContext, { export: exported, standingOnly, first, after }: PublicationPage): Promise<readonly Publication[]> {
    return this.rows(
      read,
      `($2::uuid is null or id < $2) and ($3::uuid is null or export = $3) and (not $4::boolean or ended_at is null) order by id desc limit $5`,
      [after, exported, standingOnly, first],
    );
  }

  async end(write: WriteContext, id: PublicationId, { by, at }: NonNullable<Publication['ended']>): Promise<void> {
    await write.manager.query(`update publication set ended_by = $3, ended_at = $4 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      by,
      at,
    ]);
  }

  private async rows(read: ReadContext, condition: string, values: readonly unknown[]): Promise<readonly Publication[]> {
    const rows = await read.manager.query<PublicationRow[]>(`select ${PUBLICATION} where tenant = $1 and ${condition}`, [
      read.context.tenant,
      ...values,
    ]);
    return rows.map(toPublication);
  }
}
