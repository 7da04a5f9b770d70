import type { BlobId, SubjectId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { BlobRow } from './asset.entity.js';
import type { Blob, Slice } from './asset.types.js';

/** A blob with where its bytes lie and what opens them; it never leaves the vault. */
export interface SealedBlob extends Blob {
  readonly object: string;
  readonly wrappedKey: Uint8Array;
}

function toBlob(row: BlobRow): SealedBlob {
  return {
    id: row.id as BlobId,
    sha256: row.sha256,
    sizeBytes: Number(row.sizeBytes),
    format: row.format,
    object: row.object,
    wrappedKey: row.wrappedKey,
    subjects: row.subjects as SubjectId[],
    createdAt: row.createdAt,
  };
}

@Injectable()
export class BlobRepository {
  async find(read: ReadContext, id: BlobId): Promise<SealedBlob | null> {
    const row = await read.manager.findOneBy(BlobRow, { tenant: read.context.tenant, id });
    return row && toBlob(row);
  }

  async findByDigest(read: ReadContext, sha256: Uint8Array): Promise<SealedBlob | null> {
    const row = await read.manager.findOneBy(BlobRow, { tenant: read.context.tenant, sha256: Buffer.from(sha256) });
    return row && toBlob(row);
  }

  /** Until the transaction ends nobody else seals it again. */
  async lock(write: WriteContext, id: BlobId): Promise<SealedBlob | null> {
    const row = await write.manager.findOne(BlobRow, { where: { tenant: write.context.tenant, id }, lock: { mode: 'pessimistic_write' } });
    return row && toBlob(row);
  }

  /** False when the tenant has these bytes already; waits for a transaction that is storing them. */
  async insert(write: WriteContext, blob: SealedBlob): Promise<boolean> {
    const done = await write.manager
      .createQueryBuilder()
      .insert()
      .into(BlobRow)
      .values({
        tenant: write.context.tenant,
        id: blob.id,
        sha256: blob.sha256 && Buffer.from(blob.sha256),
        sizeBytes: String(blob.sizeBytes),
        format: blob.format,
        object: blob.object,
        wrappedKey: Buffer.from(blob.wrappedKey),
        subjects: [...blob.subjects],
        createdAt: blob.createdAt,
      })
      .orIgnore()
      .returning('id')
      .execute();
    return (done.raw as unknown[]).length > 0;
  }

  async reseal(write: WriteContext, id: BlobId, sealed: Pick<SealedBlob, 'object' | 'wrappedKey' | 'subjects'>): Promise<void> {
    await write.manager.update(
      BlobRow,
      { tenant: write.context.tenant, id },
      { object: sealed.object, wrappedKey: Buffer.from(sealed.wrappedKey), subjects: [...sealed.subjects] },
    );
  }

  /** Its key is gone; the digest follows, so that the same bytes can be stored anew. */
  async forgetDigest(write: WriteContext, id: BlobId): Promise<void> {
    await write.manager.update(BlobRow, { tenant: write.context.tenant, id }, { sha256: null });
  }

  async page(read: ReadContext, slice: Slice): Promise<readonly SealedBlob[]> {
    const query = read.manager
      .createQueryBuilder(BlobRow, 'b')
      .where('b.tenant = :tenant', { tenant: read.context.tenant })
      .orderBy('b.id')
      .take(slice.first);
    if (slice.after !== null) query.andWhere('b.id > :after', { after: slice.after });
    return (await query.getMany()).map(toBlob);
  }

  /** Those of `objects` that a row refers to. */
  async referenced(read: ReadContext, objects: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await read.manager.query<{ object: string }[]>(`select object from blob where tenant = $1 and object = any ($2::text[])`, [
      read.context.tenant,
      objects,
    ]);
    return new Set(rows.map(({ object }) => object));
  }
}
