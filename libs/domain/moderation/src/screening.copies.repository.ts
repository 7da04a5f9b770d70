import type { VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Failure of a screening whose picture was erased: no later result takes its place. */
export const ERASED = 'ERASED';
const PAGE = 1_000;

export interface ScreeningCopy {
  readonly version: VersionId;
  readonly createdAt: Date;
  /** 64 hexadecimal digits; null: none was made. */
  readonly fingerprint: string | null;
  readonly pixelSha256: Uint8Array | null;
}

interface CopyRow {
  readonly version: VersionId;
  readonly created_at: Date;
  readonly fingerprint: string | null;
  readonly pixel_sha256: Buffer | null;
}

const COPY = `version, created_at, result ->> 'fingerprint' as fingerprint, pixel_sha256 from screening`;

function toCopy({ version, created_at, fingerprint, pixel_sha256 }: CopyRow): ScreeningCopy {
  return { version, createdAt: created_at, fingerprint, pixelSha256: pixel_sha256 };
}

/** What the engines kept of pictures: fingerprints, pixel digests, where the faces are. It asks nobody's permission. */
@Injectable()
export class ScreeningCopies {
  async ofVersions(read: ReadContext, versions: readonly VersionId[]): Promise<readonly ScreeningCopy[]> {
    if (versions.length === 0) return [];
    const rows = await read.manager.query<CopyRow[]>(
      `select ${COPY} where tenant = $1 and version = any ($2::uuid[]) and failure is distinct from '${ERASED}' order by version`,
      [read.context.tenant, [...versions]],
    );
    return rows.map(toCopy);
  }

  /** Versions with exactly these pixels, however they are encoded. */
  async samePixels(read: ReadContext, digests: readonly Uint8Array[]): Promise<readonly VersionId[]> {
    if (digests.length === 0) return [];
    const rows = await read.manager.query<{ version: VersionId }[]>(
      `select version from screening where tenant = $1 and pixel_sha256 = any ($2::bytea[]) order by version`,
      [read.context.tenant, digests.map((each) => Buffer.from(each))],
    );
    return rows.map(({ version }) => version);
  }

  /** Versions whose fingerprint is one that `isAlike` accepts. Reads every fingerprint of the tenant, a page at a time. */
  async alike(read: ReadContext, isAlike: (fingerprint: string) => boolean): Promise<readonly VersionId[]> {
    const found: VersionId[] = [];
    let after: VersionId | null = null;
    for (;;) {
      const rows: readonly { version: VersionId; fingerprint: string }[] = await read.manager.query(
        `select version, result ->> 'fingerprint' as fingerprint from screening
          where tenant = $1 and result is not null and ($2::uuid is null or version > $2) order by version limit ${PAGE}`,
        [read.context.tenant, after],
      );
      found.push(...rows.filter(({ fingerprint }) => isAlike(fingerprint)).map(({ version }) => version));
      after = rows.at(-1)?.version ?? null;
      if (rows.length < PAGE) return found;
    }
  }

  async destroy(write: WriteContext, versions: readonly string[], at: Date): Promise<void> {
    await write.manager.query(
      `update screening set state = 'failed', result = null, pixel_sha256 = null, words_sealed = null, words_key = null, failure = '${ERASED}', ended_at = $3
        where tenant = $1 and version = any ($2::uuid[])`,
      [write.context.tenant, [...versions], at],
    );
  }
}
