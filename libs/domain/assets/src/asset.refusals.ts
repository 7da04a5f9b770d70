import type { Forbidden, NotFound, Refusal } from '@imprimatur/kernel';

export type BlobErased = Refusal<'BLOB_ERASED'>;
export type BlobRefusal = NotFound | BlobErased;
export type AssetNameInvalid = Refusal<'ASSET_NAME_INVALID'>;
export type LicenceMissing = Refusal<'LICENCE_MISSING'>;
export type VersionBlocked = Refusal<'VERSION_BLOCKED'>;
export type VersionQuarantined = Refusal<'VERSION_QUARANTINED'>;
export type SourceRightsInvalid = Refusal<'SOURCE_RIGHTS_INVALID'>;
export type AssetErased = Refusal<'ASSET_ERASED'>;
export type AssetRefusal =
  | NotFound
  | Forbidden
  | VersionQuarantined
  | BlobErased
  | AssetNameInvalid
  | LicenceMissing
  | VersionBlocked
  | SourceRightsInvalid
  | AssetErased;

export function blobErased(): BlobErased {
  return {
    code: 'BLOB_ERASED',
    message: 'These bytes were destroyed because a person whose data they are asked for it.',
    remedy: 'They cannot be brought back; what the ledger says about them can still be verified.',
  };
}

export function assetNameInvalid(): AssetNameInvalid {
  return {
    code: 'ASSET_NAME_INVALID',
    message: 'A picture needs a name of 1 to 200 characters.',
    remedy: 'Send a name, for instance that of the file.',
  };
}

export function licenceMissing(): LicenceMissing {
  return {
    code: 'LICENCE_MISSING',
    message: 'The picture is declared as licensed, but no licence was named.',
    remedy: 'Name the licence in at most 2,000 characters, or declare the rights as owned or unknown.',
  };
}

export function versionBlocked(): VersionBlocked {
  return {
    code: 'VERSION_BLOCKED',
    message: 'This version is blocked: consent or the right to use it was withdrawn.',
    remedy: 'Start from a version that is not blocked, or ask who withdrew it.',
  };
}

export function versionQuarantined(): VersionQuarantined {
  return {
    code: 'VERSION_QUARANTINED',
    message: 'This picture is in quarantine: nobody but the two people of its case sees it.',
    remedy: 'Use another picture; Legal can say more.',
  };
}

/** `what`: the field, in words; never its content. */
export function rightsInvalid(what: string, wanted: string): SourceRightsInvalid {
  return {
    code: 'SOURCE_RIGHTS_INVALID',
    message: `The ${what} of the source's rights cannot be recorded as given.`,
    remedy: `Give ${wanted}.`,
  };
}

export function assetErased(): AssetErased {
  return { code: 'ASSET_ERASED', message: 'Every picture of this asset was erased.', remedy: 'Upload the picture again, if you may.' };
}
