import type { Asset, Version } from '@imprimatur/domain/assets';
import { pictureScores, type PictureScreening, type Screening } from '@imprimatur/domain/moderation';
import { type AssetId, toHex, toPublicId, type VersionId } from '@imprimatur/kernel';

export interface AssetParent {
  readonly __typename: 'Asset';
  readonly assetId: AssetId;
  readonly [field: string]: unknown;
}

export interface VersionParent {
  readonly __typename: 'Version';
  readonly versionId: VersionId;
  readonly assetId: AssetId;
  readonly parentId: VersionId | null;
  readonly [field: string]: unknown;
}

export function toAsset(asset: Asset): AssetParent {
  return {
    __typename: 'Asset',
    assetId: asset.id,
    id: toPublicId('asset', asset.id),
    name: asset.name,
    rights: { ...asset.rights, declared: asset.rights.declared.toUpperCase() },
    createdAt: asset.createdAt,
    facts: asset.facts,
    c2pa: asset.c2pa,
    erasedAt: asset.erasedAt,
  };
}

export function toVersion(version: Version): VersionParent {
  const id = toPublicId('version', version.id);
  return {
    __typename: 'Version',
    versionId: version.id,
    assetId: version.asset,
    parentId: version.parent,
    id,
    number: version.number,
    origin: version.origin.toUpperCase(),
    format: version.format,
    width: version.width,
    height: version.height,
    releasedAt: version.releasedAt,
    createdAt: version.createdAt,
    imageUrl: `/versions/${id}/image`,
    sha256: version.sha256 && toHex(version.sha256),
    erasedAt: version.erasedAt,
  };
}

/** A version that was never asked about is still waiting for its turn. */
export function toScreening(screening: Screening | null): object {
  return {
    state: (screening?.state ?? 'pending').toUpperCase(),
    faces: screening?.result?.faces ?? [],
    scores: scoresOf(screening?.result ?? null),
  };
}

/** Of each class the strictest: what this machine's classifier saw, and what moderators said, in the words of the taxonomy. */
function scoresOf(result: PictureScreening | null): object {
  if (result === null) return {};
  const { others, ...sexual } = pictureScores(result.scores, result.moderators ?? [], 1);
  return { ...sexual, ...Object.fromEntries(others.map((found) => [found.class, found.score])) };
}
