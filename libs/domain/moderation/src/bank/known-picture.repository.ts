import type { KnownAs } from '@imprimatur/formats/policy';
import type { AssetId, EntryId, KnownPictureId, SubjectId, VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import type { BankPage, KnownPicture, Meeting, NewlyKnown, Recognisable } from './known-picture.types.js';

interface KnownRow {
  readonly id: KnownPictureId;
  readonly asset: AssetId;
  readonly version: VersionId;
  readonly known_as: KnownAs;
  readonly entry: EntryId | null;
  readonly since: Date;
  readonly listed_by: SubjectId | null;
  readonly lifted_by: SubjectId | null;
  readonly lifted_at: Date | null;
  readonly lift_entry: EntryId | null;
}

const KNOWN = `id, asset, version, known_as, entry, since, listed_by, lifted_by, lifted_at, lift_entry from known_picture`;
const DISTANCE = (one: string, other: string): string => `bit_count(('x' || ${one})::bit(256) # ('x' || ${other})::bit(256))`;

function toKnown(row: KnownRow): KnownPicture {
  const { id, asset, version, known_as, entry, since, listed_by, lifted_by, lifted_at, lift_entry } = row;
  return {
    ...{ id, asset, version, entry, since },
    knownAs: known_as,
    listedBy: listed_by,
    lifted: lifted_at ? { by: lifted_by, at: lifted_at, entry: lift_entry } : null,
  };
}

@Injectable()
export class KnownPictureRepository {
  /** False: it is known as that already. */
  async insert(write: WriteContext, known: KnownPicture, parent: NewlyKnown['parent']): Promise<boolean> {
    const { id, asset, version, knownAs, entry, since, listedBy } = known;
    const inserted = await write.manager.query<unknown[]>(
      `insert into known_picture (tenant, id, asset, version, parent, known_as, entry, since, listed_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (tenant, version, known_as) where lifted_at is null do nothing returning 1`,
      [write.context.tenant, id, asset, version, parent, knownAs, entry, since, listedBy],
    );
    return inserted.length > 0;
  }

  /** Keeps what the picture is recognised by in the bank itself, so that the erasure of its screening does not take it along. */
  async keepIdentity(write: WriteContext, version: VersionId, knownAs: KnownAs): Promise<void> {
    await write.manager.query(
      `update known_picture k set pixel_sha256 = s.pixel_sha256, fingerprint = s.result ->> 'fingerprint'
         from screening s where k.tenant = $1 and k.version = $2 and k.known_as = $3 and s.tenant = k.tenant and s.version = k.version`,
      [write.context.tenant, version, knownAs],
    );
  }

  async findMany(read: ReadContext, ids: readonly KnownPictureId[]): Promise<readonly KnownPicture[]> {
    const rows = await read.manager.query<KnownRow[]>(`select ${KNOWN} where tenant = $1 and id = any ($2::uuid[])`, [
      read.context.tenant,
      [...ids],
    ]);
    return rows.map(toKnown);
  }

  /** Holds the row until the transaction ends. */
  async lock(write: WriteContext, id: KnownPictureId): Promise<KnownPicture | null> {
    const rows = await write.manager.query<KnownRow[]>(`select ${KNOWN} where tenant = $1 and id = $2 for update`, [
      write.context.tenant,
      id,
    ]);
    return rows[0] ? toKnown(rows[0]) : null;
  }

  /** Newest first; what was lifted too. */
  async page(read: ReadContext, { knownAs, first, after }: BankPage): Promise<readonly KnownPicture[]> {
    const rows = await read.manager.query<KnownRow[]>(
      `select ${KNOWN} where tenant = $1 and ($2::uuid is null or id < $2) and ($3::text is null or known_as = $3) order by id desc limit $4`,
      [read.context.tenant, after, knownAs, first],
    );
    return rows.map(toKnown);
  }

  async lift(write: WriteContext, id: KnownPictureId, { by, at, entry }: NonNullable<KnownPicture['lifted']>): Promise<void> {
    await write.manager.query(`update known_picture set lifted_by = $3, lifted_at = $4, lift_entry = $5 where tenant = $1 and id = $2`, [
      write.context.tenant,
      id,
      by,
      at,
      entry,
    ]);
  }

  async among(read: ReadContext, versions: readonly VersionId[], knownAs: KnownAs): Promise<readonly VersionId[]> {
    const rows = await read.manager.query<{ version: VersionId }[]>(
      `select version from known_picture where tenant = $1 and version = any ($2::uuid[]) and known_as = $3 and lifted_at is null`,
      [read.context.tenant, [...versions], knownAs],
    );
    return rows.map(({ version }) => version);
  }

  async leave(write: WriteContext, version: VersionId, knownAs: KnownAs, at: Date): Promise<void> {
    await write.manager.query(
      `update known_picture set lifted_at = $4 where tenant = $1 and version = $2 and known_as = $3 and lifted_at is null`,
      [write.context.tenant, version, knownAs, at],
    );
  }

  /**
   * What counts and has these pixels, or is alike in all but `distance` of 256 bits. Reads the tenant's whole bank.
   *
   * A likeness says little of pictures that were made from one another. Of what was refused or exported it counts only where the picture is
   * nearer to that than to what that was made from; and what is known of the picture's own asset by what happened there is told by its own
   * history, unless it is the same to the pixel.
   */
  async meetings(read: ReadContext, { asset, pixelSha256, fingerprint }: Recognisable, distance: number): Promise<readonly Meeting[]> {
    const rows = await read.manager.query<(Pick<KnownRow, 'id' | 'known_as' | 'version'> & { readonly same: boolean })[]>(
      `with bank as (
         select k.id, k.known_as, k.version, k.asset, coalesce(k.pixel_sha256, s.pixel_sha256) as pixels,
                coalesce(k.fingerprint, s.result ->> 'fingerprint') as print, p.result ->> 'fingerprint' as origin
           from known_picture k
           left join screening s on s.tenant = k.tenant and s.version = k.version
           left join screening p on p.tenant = k.tenant and p.version = k.parent and k.known_as in ('refused', 'exported')
          where k.tenant = $1 and k.lifted_at is null and not (k.known_as = 'exported' and k.asset = $2))
       select id, known_as, version, pixels is not distinct from $3::bytea as same from bank
        where pixels = $3::bytea
           or $4::text is not null and print is not null and ${DISTANCE('print', '$4::text')} <= $5
              and (origin is null or ${DISTANCE('print', '$4::text')} < ${DISTANCE('origin', '$4::text')})
              and (known_as in ('quarantined', 'prohibited', 'restricted') or asset <> $2)
        order by id`,
      [read.context.tenant, asset, pixelSha256 && Buffer.from(pixelSha256), fingerprint, distance],
    );
    return rows.map(({ id, known_as, version, same }) => ({
      known: id,
      knownAs: known_as,
      version,
      by: same ? 'pixels' : 'fingerprint',
    }));
  }
}
