import { createHash } from 'node:crypto';
import { Sealing } from '@imprimatur/domain/ledger';
import {
  assert,
  type BlobId,
  equalBytes,
  Fault,
  newId,
  notFound,
  ok,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
  type TenantId,
  utf8,
} from '@imprimatur/kernel';
import { BLOB_STORE, type BlobStore } from '@imprimatur/platform/blobs';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { open, seal } from '@imprimatur/platform/keys';
import { Inject, Injectable } from '@nestjs/common';
import { blobErased, type BlobRefusal } from './asset.refusals.js';
import { coversSubjects } from './asset.rules.js';
import type { Blob, ScrubReport, Slice } from './asset.types.js';
import { BlobRepository, type SealedBlob } from './blob.repository.js';

const SWEEP_BATCH = 500;

export interface NewBlob {
  /** What the bytes are: `jpeg`, `png`, `json`. */
  readonly format: string;
  /** Whose erasure destroys them; any one of them. Empty: they live as long as the tenant's key. */
  readonly subjects: readonly SubjectId[];
  /** The picture that these bytes were made from: whoever's erasure destroys that one destroys these. */
  readonly madeFrom?: BlobId;
}

/** Bytes at rest: sealed under keys of their own, checked whenever they are read. It asks nobody's permission; its callers do. */
@Injectable()
export class BlobVault {
  constructor(
    private readonly blobs: BlobRepository,
    private readonly sealing: Sealing,
    @Inject(BLOB_STORE) private readonly store: BlobStore,
  ) {}

  /** The same bytes twice are one blob, which then belongs to the subjects of both. */
  async keep(write: WriteContext, bytes: Uint8Array, asked: NewBlob): Promise<Blob> {
    const sha256 = digest(bytes);
    const source = asked.madeFrom === undefined ? null : await this.blobs.find(write, asked.madeFrom);
    const wanted = { format: asked.format, subjects: [...new Set([...asked.subjects, ...(source?.subjects ?? [])])] };
    const held = await this.blobs.findByDigest(write, sha256);
    if (held) {
      if ((await this.sealing.openDataKey(write, held.wrappedKey)) !== null) return this.keepAgain(write, held, bytes, wanted.subjects);
      await this.blobs.forgetDigest(write, held.id);
    }
    const id = newId('blob');
    // 1. the object is durable before any row names it: a crash, or a rollback, leaves an orphan for the sweep
    const sealed = await this.putSealed(write, id, bytes, wanted.subjects);
    const blob: SealedBlob = { id, sha256, sizeBytes: bytes.length, format: wanted.format, createdAt: systemClock.now(), ...sealed };
    // 2. the row, which commits with whatever the caller does with it
    if (await this.blobs.insert(write, blob)) return strip(blob);
    const winner = await this.blobs.findByDigest(write, sha256);
    assert(winner, 'bytes that cannot be inserted are there already');
    return this.keepAgain(write, winner, bytes, wanted.subjects);
  }

  async find(read: ReadContext, id: BlobId): Promise<Blob | null> {
    const blob = await this.blobs.find(read, id);
    return blob && strip(blob);
  }

  async findByDigest(read: ReadContext, sha256: Uint8Array): Promise<Blob | null> {
    const blob = await this.blobs.findByDigest(read, sha256);
    return blob && strip(blob);
  }

  /** By id or by SHA-256. Throws Fault BLOB_CORRUPT or BLOB_MISSING. */
  async read(read: ReadContext, which: BlobId | Uint8Array): Promise<Result<Uint8Array, BlobRefusal>> {
    const blob = typeof which === 'string' ? await this.blobs.find(read, which) : await this.blobs.findByDigest(read, which);
    if (!blob) return refuse(notFound('stored picture'));
    const bytes = await this.opened(read, blob);
    return bytes === null ? refuse(blobErased()) : ok(bytes);
  }

  /** From now on the erasure of any of `subjects` destroys the blob too. Nothing happens to one that is destroyed already. */
  async bindSubjects(write: WriteContext, id: BlobId, subjects: readonly SubjectId[]): Promise<void> {
    const blob = await this.blobs.lock(write, id);
    assert(blob, 'the blob of a version exists');
    if (coversSubjects(blob.subjects, subjects)) return;
    const bytes = await this.opened(write, blob);
    if (bytes !== null) await this.reseal(write, blob, bytes, subjects);
  }

  /** Opens every blob of a page and re-hashes it. */
  async scrub(read: ReadContext, slice: Slice): Promise<ScrubReport> {
    const page = await this.blobs.page(read, slice);
    const broken: ScrubReport['broken'][number][] = [];
    let erased = 0;
    for (const blob of page) {
      try {
        if ((await this.opened(read, blob)) === null) erased += 1;
      } catch (error) {
        if (!(error instanceof Fault) || (error.code !== 'BLOB_CORRUPT' && error.code !== 'BLOB_MISSING')) throw error;
        broken.push({ blob: blob.id, code: error.code });
      }
    }
    return { checked: page.length, erased, broken, next: page.length < slice.first ? null : (page.at(-1)?.id ?? null) };
  }

  /**
   * Removes objects that no row refers to and that were put before `before`; answers how many. `before` must lie further back than any
   * transaction lasts (a day is plenty): an object is put before its row commits.
   */
  async sweep(read: ReadContext, before: Date): Promise<number> {
    let swept = 0;
    let batch: string[] = [];
    const flush = async (): Promise<void> => {
      const referenced = await this.blobs.referenced(read, batch);
      for (const object of batch.filter((name) => !referenced.has(name))) {
        await this.store.remove(read.context.tenant, object);
        swept += 1;
      }
      batch = [];
    };
    for await (const { name, storedAt } of this.store.list(read.context.tenant)) {
      if (storedAt >= before) continue;
      batch.push(name);
      if (batch.length === SWEEP_BATCH) await flush();
    }
    await flush();
    return swept;
  }

  /** Removes the bytes of erased blobs from the store, by their names there; removed already is fine. */
  async removeObjects(tenant: TenantId, objects: readonly string[]): Promise<void> {
    for (const object of objects) await this.store.remove(tenant, object);
  }

  /** More subjects mean another key; a lost object is replaced by the bytes in hand. */
  private async keepAgain(write: WriteContext, held: SealedBlob, bytes: Uint8Array, subjects: readonly SubjectId[]): Promise<Blob> {
    if (coversSubjects(held.subjects, subjects) && (await this.store.has(write.context.tenant, held.object))) return strip(held);
    const locked = await this.blobs.lock(write, held.id);
    assert(locked, 'blob rows are not deleted');
    return strip(await this.reseal(write, locked, bytes, subjects));
  }

  /** The old object is an orphan once this commits; readers that found it in the row before still can open it until the sweep. */
  private async reseal(write: WriteContext, blob: SealedBlob, bytes: Uint8Array, added: readonly SubjectId[]): Promise<SealedBlob> {
    const sealed = await this.putSealed(write, blob.id, bytes, [...new Set([...blob.subjects, ...added])]);
    await this.blobs.reseal(write, blob.id, sealed);
    return { ...blob, ...sealed };
  }

  private async putSealed(
    write: WriteContext,
    id: BlobId,
    bytes: Uint8Array,
    subjects: readonly SubjectId[],
  ): Promise<Pick<SealedBlob, 'object' | 'wrappedKey' | 'subjects'>> {
    const { key, wrapped } = await this.sealing.newDataKey(write, [...subjects]);
    const object = newId('blob');
    await this.store.put(write.context.tenant, object, seal(key, bytes, associated(write.context.tenant, id)));
    return { object, wrappedKey: wrapped, subjects };
  }

  private async opened(read: ReadContext, blob: SealedBlob): Promise<Uint8Array | null> {
    const key = await this.sealing.openDataKey(read, blob.wrappedKey);
    if (key === null) return null;
    const sealed = await this.store.get(read.context.tenant, blob.object);
    if (sealed === null) throw new Fault({ room: 'assets', code: 'BLOB_MISSING', message: `the stored bytes of blob ${blob.id} are gone` });
    const bytes = openSealed(key, sealed, associated(read.context.tenant, blob.id), blob.id);
    // the seal would show any change already; this also catches a wrong row
    if (blob.sha256 !== null && !equalBytes(digest(bytes), blob.sha256)) throw corrupt(blob.id);
    return bytes;
  }
}

function openSealed(key: Uint8Array, sealed: Uint8Array, associatedData: Uint8Array, id: BlobId): Uint8Array {
  try {
    return open(key, sealed, associatedData);
  } catch (cause) {
    throw corrupt(id, cause);
  }
}

function corrupt(id: BlobId, cause?: unknown): Fault {
  return new Fault({ room: 'assets', code: 'BLOB_CORRUPT', message: `the stored bytes of blob ${id} have changed`, cause });
}

function digest(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/** Bytes moved to another blob, or to another tenant, do not open there. */
function associated(tenant: TenantId, id: BlobId): Uint8Array {
  return utf8(`imprimatur/blob/v1\0${tenant}\0${id}`);
}

function strip({ id, sha256, sizeBytes, format, subjects, createdAt }: SealedBlob): Blob {
  return { id, sha256, sizeBytes, format, subjects, createdAt };
}
