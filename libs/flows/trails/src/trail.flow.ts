import { type Asset, AssetService } from '@imprimatur/domain/assets';
import { allow } from '@imprimatur/domain/identity';
import { ExportService } from '@imprimatur/domain/exports';
import { AssetTrail, type AuditEvent, type SearchPage, type TrailCompleteness } from '@imprimatur/domain/ledger';
import { type AssetId, type Forbidden, type JsonObject, type NotFound, notFound, ok, refuse, type Result } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/**
 * How an asset belongs to the lineage. self: it was asked for. same-picture: it had the very bytes before they were uploaded again. export: the
 * upload is, byte for byte, a file that was exported from it. claimed-export: the upload's own manifest says that it is such a file.
 */
export type LineageRelation = 'self' | 'same-picture' | 'export' | 'claimed-export';

export interface LineageMember {
  readonly asset: AssetId;
  readonly relation: LineageRelation;
  /** The asset that was made from it; null for the one that was asked for. */
  readonly of: AssetId | null;
}

/** An asset and everything that it was made from. */
export interface AssetHistory {
  readonly members: readonly LineageMember[];
  /** False: there is more behind it than is followed. */
  readonly isWhole: boolean;
}

const MEMBERS_MAX = 50;

/** The trail of an asset through every picture that it came from. */
@Injectable()
export class TrailFlow {
  constructor(
    private readonly assets: AssetService,
    private readonly exports: ExportService,
    private readonly trail: AssetTrail,
  ) {}

  /** The asset first, then what it was made from, nearest first. */
  async lineage(read: ReadContext, id: AssetId): Promise<Result<AssetHistory, NotFound | Forbidden>> {
    const denied = allow(read.context, 'read', 'LedgerEntry');
    if (denied) return refuse(denied);
    const asked = await this.assets.find(read, id);
    if (!asked.ok) return refuse(notFound('picture'));
    const members = new Map<AssetId, LineageMember>([[id, { asset: id, relation: 'self', of: null }]]);
    // a Map grows while it is walked, and what was added is walked too
    for (const { asset } of members.values()) {
      const found = asset === id ? asked.value : (await this.assets.findMany(read, [asset]))[0];
      for (const source of found ? await this.sources(read, found) : []) {
        if (members.has(source.asset)) continue;
        if (members.size === MEMBERS_MAX) return ok({ members: [...members.values()], isWhole: false });
        members.set(source.asset, source);
      }
    }
    return ok({ members: [...members.values()], isWhole: true });
  }

  /** Events of the whole lineage, in the order in which they were written. */
  async events(read: ReadContext, { members }: AssetHistory, page: SearchPage): Promise<readonly AuditEvent[]> {
    return this.trail.find(
      read,
      members.map(({ asset }) => asset),
      page,
    );
  }

  /** Whether each asset's own history is whole. */
  async completeness(read: ReadContext, { members }: AssetHistory): Promise<readonly TrailCompleteness[]> {
    const found: TrailCompleteness[] = [];
    for (const { asset } of members) found.push(await this.trail.completeness(read, asset));
    return found;
  }

  private async sources(read: ReadContext, asset: Asset): Promise<readonly LineageMember[]> {
    const earlier = await this.assets.earlierHolders(read, asset.id);
    if (!earlier) return [];
    const exports = (await this.exports.ofFile(read, earlier.blob, manifestOf(asset))).filter((each) => each.asset !== asset.id);
    const before = exports.filter(({ createdAt }) => createdAt <= asset.createdAt);
    return [
      ...before.map(({ asset: source, signed }): LineageMember => {
        const relation = signed?.blob === earlier.blob ? 'export' : 'claimed-export';
        return { asset: source, relation, of: asset.id };
      }),
      ...earlier.assets.map((source): LineageMember => ({ asset: source, relation: 'same-picture', of: asset.id })),
    ];
  }
}

/** The name of the manifest that the uploaded file had; null: it had none that could be read. */
function manifestOf({ c2pa }: Asset): string | null {
  const manifest = c2pa?.manifest;
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) return null;
  const { urn } = manifest as JsonObject;
  return typeof urn === 'string' ? urn : null;
}
