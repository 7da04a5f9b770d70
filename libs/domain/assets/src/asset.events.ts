import type { About, NewEvent, NewPart } from '@imprimatur/domain/ledger';
import type { JsonObject, SubjectId } from '@imprimatur/kernel';
import type { Asset, ReleaseGrounds, Version } from './asset.types.js';
import type { SourceRights } from './rights/rights.types.js';

const aboutVersion = (version: Version): NewEvent['about'] => [
  { kind: 'asset', id: version.asset },
  { kind: 'version', id: version.id },
];

/** A picture's digest is personal: a part, never a fact. An erased picture has none any more. */
function picture(version: Version, subjects: readonly SubjectId[]): Record<string, NewPart> {
  return version.sha256 === null ? {} : { picture: { value: version.sha256, subjects } };
}

export function assetUploaded(asset: Asset, version: Version, subjects: readonly SubjectId[]): NewEvent {
  const rights: JsonObject = { declared: asset.rights.declared, licence: asset.rights.licence, aiTraining: asset.rights.aiTraining };
  return {
    type: 'asset.uploaded',
    about: aboutVersion(version),
    facts: {
      format: version.format,
      width: version.width,
      height: version.height,
      sizeBytes: version.sizeBytes,
      declared: asset.rights.declared,
      hasManifest: asset.c2pa !== null,
    },
    parts: { ...picture(version, subjects), name: { value: asset.name, subjects: [] }, rights: { value: rights, subjects: [] } },
  };
}

/** Whose it is and the words of the licence lie beside the entry; what they restrict stands in it. */
export function sourceRightsRecorded(rights: SourceRights): NewEvent {
  const { asset, number, declared, owner, licence, channels, territories, validUntil } = rights;
  return {
    type: 'source-rights.recorded',
    about: [{ kind: 'asset', id: asset }],
    facts: {
      number,
      declared,
      channels: channels && [...channels],
      territories: territories && [...territories],
      validUntil: validUntil?.toISOString() ?? null,
    },
    parts: { rights: { value: { owner, licence }, subjects: [] } },
  };
}

export function versionCreated(
  version: Version,
  made: { readonly pictureOf: readonly SubjectId[]; readonly operations: JsonObject; readonly askedBy: readonly SubjectId[] },
): NewEvent {
  return {
    type: 'version.created',
    about: [...aboutVersion(version), ...(version.item === null ? [] : [{ kind: 'item' as const, id: version.item }])],
    facts: {
      number: version.number,
      origin: version.origin,
      parent: version.parent,
      format: version.format,
      width: version.width,
      height: version.height,
      sizeBytes: version.sizeBytes,
    },
    parts: { ...picture(version, made.pictureOf), operations: { value: made.operations, subjects: made.askedBy } },
  };
}

/** The approval that an exported picture's receipt proves: who acted is the entry's actor, what was approved its part `picture`. */
export function versionReleased(version: Version, grounds: ReleaseGrounds, subjects: readonly SubjectId[]): NewEvent {
  return {
    type: 'version.released',
    about: [
      ...aboutVersion(version),
      { kind: 'turn', id: grounds.turn },
      { kind: 'item', id: grounds.item },
      ...grounds.decisions.map((id) => ({ kind: 'decision' as const, id })),
    ],
    facts: { ...grounds.facts, number: version.number, decisions: grounds.decisions.length },
    parts: picture(version, subjects),
  };
}

export function versionBlocked(version: Version, reason: string, root: Version): NewEvent {
  return {
    type: 'version.blocked',
    about: aboutVersion(version),
    facts: { reason, number: version.number, wasReleased: version.releasedAt !== null, descendsFrom: root.id },
  };
}

/** Its quarantine ended, and with it the block that came of it. What was released must be released again. */
/** `cause` is the case or the recall that it had been blocked for. */
export function versionRestored(version: Version, cause: About): NewEvent {
  return {
    type: 'version.restored',
    about: [...aboutVersion(version), cause],
    facts: { number: version.number, isBlocked: version.blockedAt !== null },
  };
}
