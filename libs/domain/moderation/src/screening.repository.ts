import type { VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { ScreeningRow } from './screening.entity.js';
import type { PictureScreening, Screening, ScreeningState } from './screening.types.js';

/** Words of a picture as they are kept: nobody reads them without the key. */
export interface SealedWords {
  readonly sealed: Uint8Array;
  readonly wrappedKey: Uint8Array;
}

@Injectable()
export class ScreeningRepository {
  async ofVersions(read: ReadContext, versions: readonly VersionId[]): Promise<readonly Screening[]> {
    if (versions.length === 0) return [];
    const rows = await read.manager.findBy(ScreeningRow, { tenant: read.context.tenant, version: In([...versions]) });
    return rows.map(toScreening);
  }

  /** Screenings of pictures with these very pixels, or alike to one of `fingerprints` in all but `distance` of 256 bits. Reads all of the tenant's. */
  async alike(
    read: ReadContext,
    pixels: readonly Uint8Array[],
    fingerprints: readonly string[],
    distance: number,
  ): Promise<readonly Screening[]> {
    const rows = await read.manager
      .createQueryBuilder(ScreeningRow, 's')
      .where(
        `s.tenant = :tenant and (s.pixel_sha256 = any (:pixels::bytea[]) or exists (
           select 1 from unnest(:fingerprints::text[]) as f
            where bit_count(('x' || (s.result ->> 'fingerprint'))::bit(256) # ('x' || f)::bit(256)) <= :distance))`,
        { tenant: read.context.tenant, pixels: pixels.map((each) => Buffer.from(each)), fingerprints, distance },
      )
      .orderBy('s.version')
      .getMany();
    return rows.map(toScreening);
  }

  async insertPending(write: WriteContext, version: VersionId, at: Date): Promise<void> {
    await write.manager.query(
      `insert into screening (tenant, version, state, created_at) values ($1, $2, 'pending', $3) on conflict do nothing`,
      [write.context.tenant, version, at],
    );
  }

  /** Null: nothing was read in it, or it was erased. */
  async words(read: ReadContext, version: VersionId): Promise<SealedWords | null> {
    const row = await read.manager.findOneBy(ScreeningRow, { tenant: read.context.tenant, version });
    return row?.wordsSealed && row.wordsKey ? { sealed: row.wordsSealed, wrappedKey: row.wordsKey } : null;
  }

  /** False: it was done before. */
  async settle(
    write: WriteContext,
    version: VersionId,
    at: Date,
    end: Omit<PictureScreening, 'words'> | { readonly failure: string },
    words: SealedWords | null,
  ): Promise<boolean> {
    const failed = 'failure' in end;
    const { pixelSha256, ...result } = failed ? { pixelSha256: null } : end;
    const settled = await write.manager.query<unknown[]>(
      `insert into screening as s (tenant, version, state, result, pixel_sha256, failure, created_at, ended_at, words_sealed, words_key)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9)
       on conflict (tenant, version) do update
         set state = excluded.state, result = excluded.result, pixel_sha256 = excluded.pixel_sha256, failure = excluded.failure, ended_at = excluded.ended_at,
             words_sealed = excluded.words_sealed, words_key = excluded.words_key
         where s.state <> 'done' and s.failure is distinct from 'ERASED' returning 1`,
      [
        write.context.tenant,
        version,
        failed ? 'failed' : 'done',
        failed ? null : JSON.stringify(result),
        pixelSha256 === null ? null : Buffer.from(pixelSha256),
        failed ? end.failure : null,
        at,
        words && Buffer.from(words.sealed),
        words && Buffer.from(words.wrappedKey),
      ],
    );
    return settled.length > 0;
  }
}

function toScreening(row: ScreeningRow): Screening {
  const result = row.result as Omit<PictureScreening, 'pixelSha256'> | null;
  return {
    version: row.version as VersionId,
    state: row.state as ScreeningState,
    result: result && row.pixelSha256 ? { ...result, pixelSha256: row.pixelSha256 } : null,
    failure: row.failure,
  };
}
