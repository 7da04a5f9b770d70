import { Ledger } from '@imprimatur/domain/ledger';
import { type AssetId, type CaseId, notFound, refuse, type Result, type VersionId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { versionRestored } from './asset.events.js';
import type { AssetRefusal } from './asset.refusals.js';
import { AssetRepository } from './asset.repository.js';
import type { Version } from './asset.types.js';
import { BlobVault } from './blob.vault.js';

/** Pictures that are kept from everybody, whatever their role. It asks nobody's permission; the flow of the case does. */
@Injectable()
export class PictureQuarantine {
  constructor(
    private readonly assets: AssetRepository,
    private readonly vault: BlobVault,
    private readonly ledger: Ledger,
  ) {}

  /** `blocked`: those of `versions` that were blocked for the case, and are free again when it ends. One that is in another quarantine stays there. */
  async put(write: WriteContext, versions: readonly VersionId[], blocked: readonly VersionId[], quarantine: CaseId): Promise<void> {
    await write.manager.query(
      `update version set quarantine = $4, quarantine_blocked = id = any ($3::uuid[])
        where tenant = $1 and id = any ($2::uuid[]) and quarantine is null`,
      [write.context.tenant, [...versions], [...blocked], quarantine],
    );
  }

  /** Ends the block that came of it; what was blocked for another reason stays so. Answers what left the quarantine, as it is now. */
  async release(write: WriteContext, quarantine: CaseId): Promise<readonly Version[]> {
    const ids = (await this.of(write, quarantine)).map(({ id }) => id);
    await write.manager.query(
      `update version set quarantine = null, blocked_at = case when quarantine_blocked then null else blocked_at end, quarantine_blocked = false
        where tenant = $1 and quarantine = $2`,
      [write.context.tenant, quarantine],
    );
    const released = await this.assets.findVersions(write, ids);
    for (const version of released) await this.ledger.append(write, versionRestored(version, { kind: 'case', id: quarantine }));
    return released;
  }

  /** The pictures of a case, asset by asset, oldest first. */
  async of(read: ReadContext, quarantine: CaseId): Promise<readonly Version[]> {
    const rows = await read.manager.query<{ id: VersionId }[]>(
      `select id from version where tenant = $1 and quarantine = $2 order by asset, number`,
      [read.context.tenant, quarantine],
    );
    const found = new Map(
      (
        await this.assets.findVersions(
          read,
          rows.map(({ id }) => id),
        )
      ).map((version) => [version.id, version]),
    );
    return rows.flatMap(({ id }) => found.get(id) ?? []);
  }

  /** Every version of the assets, and of whatever has the same bytes as one of them: where a quarantine begins. */
  async rootsOf(read: ReadContext, assets: readonly AssetId[]): Promise<readonly VersionId[]> {
    const rows = await read.manager.query<{ id: VersionId }[]>(
      `select v.id from version v where v.tenant = $1 and (v.asset = any ($2::uuid[]) and v.parent is null
          or v.blob in (select blob from version where tenant = $1 and asset = any ($2::uuid[]))) order by v.id`,
      [read.context.tenant, [...assets]],
    );
    return rows.map(({ id }) => id);
  }

  /** Bytes of a picture of this case, for one of its two people. */
  async open(
    read: ReadContext,
    id: VersionId,
    quarantine: CaseId,
  ): Promise<Result<{ readonly version: Version; readonly bytes: Uint8Array }, AssetRefusal>> {
    const [version] = await this.assets.findVersions(read, [id]);
    if (version?.quarantine !== quarantine) return refuse(notFound('version'));
    const bytes = await this.vault.read(read, version.blob);
    return bytes.ok ? { ok: true, value: { version, bytes: bytes.value } } : bytes;
  }
}
