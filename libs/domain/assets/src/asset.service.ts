import { allow } from '@imprimatur/domain/identity';
import { Ledger, Sealing } from '@imprimatur/domain/ledger';
import {
  assert,
  type AssetId,
  type BlobId,
  canonicalBytes,
  Fault,
  type Json,
  newId,
  notFound,
  ok,
  refuse,
  type Result,
  type SubjectId,
  systemClock,
  type TenantId,
  utf8,
  type VersionId,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { open, seal } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';
import { assetUploaded, versionBlocked as versionBlockedEvent, versionCreated, versionReleased } from './asset.events.js';
import { type AssetRefusal, type BlobRefusal, versionBlocked, versionQuarantined } from './asset.refusals.js';
import { AssetRepository, type SealedOperations } from './asset.repository.js';
import { factsOf, rightsOf, uploadRefusal } from './asset.rules.js';
import type { Asset, Blob, NewVersion, ReleaseGrounds, Slice, Target, Upload, Version } from './asset.types.js';
import { BlobVault, type NewBlob } from './blob.vault.js';
import { PictureCopies } from './picture.copies.repository.js';

/** Pictures, the tree of their versions, and the sealed bytes behind both. */
@Injectable()
export class AssetService {
  constructor(
    private readonly assets: AssetRepository,
    private readonly vault: BlobVault,
    private readonly copies: PictureCopies,
    private readonly ledger: Ledger,
    private readonly sealing: Sealing,
  ) {}

  /** Keeps bytes that are not an upload: a mask, a provider's request, a rendered result. The same bytes twice are one blob. */
  async storeBlob(write: WriteContext, bytes: Uint8Array, wanted: NewBlob): Promise<Blob> {
    return this.vault.keep(write, bytes, wanted);
  }

  /** By id or SHA-256, for flows that authorised already. Throws Fault BLOB_CORRUPT or BLOB_MISSING. */
  async readBlob(read: ReadContext, which: BlobId | Uint8Array): Promise<Result<Uint8Array, BlobRefusal>> {
    return this.vault.read(read, which);
  }

  /** Makes the asset with version 1, the file byte for byte. The same file may be uploaded as several assets; its bytes are kept once. */
  async upload(write: WriteContext, upload: Upload): Promise<Result<{ readonly asset: Asset; readonly version: Version }, AssetRefusal>> {
    const denied = allow(write.context, 'create', 'Asset') ?? uploadRefusal(upload);
    if (denied) return refuse(denied);
    const { width, height, format } = upload.facts;
    const blob = await this.vault.keep(write, upload.bytes, { format, subjects: upload.subjects ?? [] });
    const asset: Asset = {
      id: newId('asset'),
      name: upload.name.trim(),
      facts: factsOf(upload),
      rights: rightsOf(upload),
      c2pa: upload.c2pa,
      versionCount: 1,
      uploadedBy: write.context.actor.subject,
      createdAt: systemClock.now(),
      erasedAt: null,
    };
    const version = this.madeFrom(write, blob, {
      asset: asset.id,
      number: 1,
      parent: null,
      origin: 'upload',
      item: null,
      width,
      height,
      format,
    });
    await this.assets.insert(write, asset);
    await this.assets.insertVersion(write, version, null);
    await this.ledger.append(write, assetUploaded(asset, version, blob.subjects));
    return ok({ asset, version });
  }

  /** A new leaf of the asset's tree. Not found: the asset, a parent or a blob that is not this asset's or not there. */
  async addVersion(write: WriteContext, wish: NewVersion): Promise<Result<Version, AssetRefusal>> {
    const denied = allow(write.context, 'submit', 'Turn');
    if (denied) return refuse(denied);
    // the asset's row first: numbers are given one after the other, and are not lost to a refusal, which rolls back
    const number = await this.assets.takeNumber(write, wish.asset);
    if (number === null) return refuse(notFound('picture'));
    const [parent] = await this.assets.findVersions(write, [wish.parent]);
    if (parent?.asset !== wish.asset) return refuse(notFound('version'));
    if (parent.blockedAt !== null) return refuse(versionBlocked());
    const blob = await this.vault.find(write, wish.blob);
    if (!blob) return refuse(notFound('stored picture'));
    const version = this.madeFrom(write, blob, { ...wish, number });
    const askedBy = wish.subjects ?? [];
    await this.assets.insertVersion(write, version, await this.sealOperations(write, version.id, wish.operations, askedBy));
    await this.ledger.append(
      write,
      versionCreated(version, { pictureOf: blob.subjects, operations: { operations: wish.operations }, askedBy }),
    );
    return ok(version);
  }

  async find(read: ReadContext, id: AssetId): Promise<Result<Asset, AssetRefusal>> {
    const [asset] = await this.findMany(read, [id]);
    return asset ? ok(asset) : refuse(notFound('picture'));
  }

  /** Those of `ids` that exist and may be read, in no promised order. */
  async findMany(read: ReadContext, ids: readonly AssetId[]): Promise<readonly Asset[]> {
    return allow(read.context, 'read', 'Asset') ? [] : this.assets.findMany(read, ids);
  }

  /** Newest first; the key of a page is the asset's id. */
  async list(read: ReadContext, slice: Slice): Promise<readonly Asset[]> {
    return allow(read.context, 'read', 'Asset') ? [] : this.assets.page(read, slice);
  }

  async findVersion(read: ReadContext, id: VersionId): Promise<Result<Version, AssetRefusal>> {
    const [version] = await this.findVersions(read, [id]);
    return version ? ok(version) : refuse(notFound('version'));
  }

  async findVersions(read: ReadContext, ids: readonly VersionId[]): Promise<readonly Version[]> {
    return allow(read.context, 'read', 'Asset') ? [] : this.assets.findVersions(read, ids);
  }

  /** Oldest first; the key of a page is the version's number. */
  async listVersions(read: ReadContext, asset: AssetId, slice: Slice): Promise<readonly Version[]> {
    return allow(read.context, 'read', 'Asset') ? [] : this.assets.versionPage(read, asset, slice);
  }

  /** What a turn on the asset starts from: the named version, else the newest. */
  async findTarget(read: ReadContext, asset: AssetId, version?: VersionId): Promise<Result<Target, AssetRefusal>> {
    if (allow(read.context, 'read', 'Asset')) return refuse(notFound('picture'));
    const found =
      version === undefined ? await this.assets.newestVersion(read, asset) : (await this.assets.findVersions(read, [version]))[0];
    if (found?.asset !== asset) return refuse(notFound(version === undefined ? 'picture' : 'version'));
    if (found.blockedAt !== null) return refuse(versionBlocked());
    return ok({ asset, version: found.id, width: found.width, height: found.height });
  }

  /** The blob of the asset's upload, and the assets that had the same bytes before; null: no such asset, or not yours to see. */
  async earlierHolders(read: ReadContext, asset: AssetId): Promise<{ readonly blob: BlobId; readonly assets: readonly AssetId[] } | null> {
    return allow(read.context, 'read', 'Asset') ? null : this.assets.earlierHolders(read, asset);
  }

  /** The version first, then what it was made from, back to the upload. Empty: no such version, or not yours to see. */
  async lineage(read: ReadContext, version: VersionId): Promise<readonly Version[]> {
    return allow(read.context, 'read', 'Asset') ? [] : this.assets.lineage(read, version);
  }

  /** What was done to make the version, in order; null: erased, an upload, or not yours to see. */
  async operations(read: ReadContext, version: VersionId): Promise<readonly Json[] | null> {
    if (allow(read.context, 'read', 'Picture')) return null;
    const held = await this.assets.operations(read, version);
    const key = held && (await this.sealing.openDataKey(read, held.wrappedKey));
    if (!key) return null;
    return JSON.parse(new TextDecoder().decode(open(key, held.sealed, operationsOf(read.context.tenant, version)))) as readonly Json[];
  }

  /** A version's bytes for somebody who may see pictures. Throws Fault BLOB_CORRUPT or BLOB_MISSING. */
  async picture(
    read: ReadContext,
    id: VersionId,
  ): Promise<Result<{ readonly version: Version; readonly bytes: Uint8Array }, AssetRefusal>> {
    if (allow(read.context, 'read', 'Picture')) return refuse(notFound('version'));
    const [version] = await this.assets.findVersions(read, [id]);
    if (!version) return refuse(notFound('version'));
    if (version.quarantine !== null) return refuse(versionQuarantined());
    const bytes = await this.vault.read(read, version.blob);
    return bytes.ok ? ok({ version, bytes: bytes.value }) : bytes;
  }

  /** Lets it be exported, with the event that its receipt will prove. Released already: the same answer, and nothing is written. */
  async release(write: WriteContext, id: VersionId, grounds: ReleaseGrounds): Promise<Result<Version, AssetRefusal>> {
    const denied = allow(write.context, 'release', 'Turn');
    if (denied) return refuse(denied);
    const releasedAt = systemClock.now();
    const isNew = await this.assets.setReleased(write, id, releasedAt);
    const [version] = await this.assets.findVersions(write, [id]);
    if (!version) return refuse(notFound('version'));
    if (version.blockedAt !== null) return refuse(versionBlocked());
    if (isNew) {
      const blob = await this.vault.find(write, version.blob);
      assert(blob, 'the blob of a version exists');
      await this.ledger.append(write, versionReleased(version, grounds, blob.subjects));
    }
    return ok(version);
  }

  /** Blocks the version and everything made from it; answers what was not blocked before. `reason` is a code. The caller authorised. */
  async block(write: WriteContext, id: VersionId, reason: string): Promise<readonly Version[]> {
    // a descendant that is being added is seen by the next statement, or finds its parent blocked
    await this.assets.lockTree(write, id);
    const family = await this.assets.lockDescendants(write, id);
    const root = family.find((version) => version.id === id) ?? family[0];
    if (!root) return [];
    const blockedAt = systemClock.now();
    await this.assets.setBlocked(
      write,
      family.map((version) => version.id),
      blockedAt,
    );
    for (const version of family) await this.ledger.append(write, versionBlockedEvent(version, reason, root));
    return family.map((version) => ({ ...version, releasedAt: null, blockedAt }));
  }

  /** As it is once it is held: until the transaction ends nobody withdraws or erases it, and whoever did before is seen. */
  async holdVersion(write: WriteContext, id: VersionId): Promise<Result<Version, AssetRefusal>> {
    const found = await this.findVersion(write, id);
    if (!found.ok) return found;
    await this.copies.hold(write, id);
    return this.findVersion(write, id);
  }

  /**
   * Asked in the transaction that lets a version leave: whoever withdraws waits for it, or it for them. False: it is not released (any more).
   * Throws Fault CONTENT_ERASED as `keepFromErasure` does.
   */
  async keepReleased(write: WriteContext, id: VersionId): Promise<boolean> {
    await this.keepFromErasure(write, id);
    const [version] = await this.assets.findVersions(write, [id]);
    return version !== undefined && version.releasedAt !== null;
  }

  /**
   * Asked in the transaction that writes something about a picture that was read before it: nobody erases the picture until that has committed.
   * Throws Fault CONTENT_ERASED, for good, when somebody has.
   */
  async keepFromErasure(write: WriteContext, id: VersionId): Promise<void> {
    if (await this.copies.hold(write, id)) return;
    throw new Fault({ room: 'assets', code: 'CONTENT_ERASED', message: 'the picture was erased while it was worked on', safe: true });
  }

  /** From now on the erasure of any of `subjects` destroys the version's bytes too: they were found to be in the picture. */
  async bindSubjects(write: WriteContext, id: VersionId, subjects: readonly SubjectId[]): Promise<void> {
    const [version] = await this.assets.findVersions(write, [id]);
    if (version) await this.vault.bindSubjects(write, version.blob, subjects);
  }

  private madeFrom(
    write: WriteContext,
    blob: Blob,
    made: Pick<Version, 'asset' | 'number' | 'parent' | 'origin' | 'item' | 'width' | 'height' | 'format'>,
  ): Version {
    const { asset, number, parent, origin, item, width, height, format } = made;
    return {
      id: newId('version'),
      asset,
      number,
      parent,
      origin,
      format,
      width,
      height,
      blob: blob.id,
      sha256: blob.sha256,
      sizeBytes: blob.sizeBytes,
      item,
      createdBy: write.context.actor.subject,
      createdAt: systemClock.now(),
      releasedAt: null,
      blockedAt: null,
      erasedAt: null,
      quarantine: null,
    };
  }

  private async sealOperations(
    write: WriteContext,
    version: VersionId,
    operations: readonly Json[],
    subjects: readonly SubjectId[],
  ): Promise<SealedOperations> {
    const { key, wrapped } = await this.sealing.newDataKey(write, [...subjects]);
    return { sealed: seal(key, canonicalBytes(operations), operationsOf(write.context.tenant, version)), wrappedKey: wrapped };
  }
}

function operationsOf(tenant: TenantId, version: VersionId): Uint8Array {
  return utf8(`imprimatur/operations/v1\0${tenant}\0${version}`);
}
