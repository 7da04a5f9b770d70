import type { Asset, AssetRights, Upload } from './asset.types.js';
import { assetNameInvalid, licenceMissing, type AssetNameInvalid, type LicenceMissing } from './asset.refusals.js';

const NAME_CHARS_MAX = 200;
const LICENCE_CHARS_MAX = 2000;

/** What an upload may not say; null: it is fine. */
export function uploadRefusal(upload: Pick<Upload, 'name' | 'rights'>): AssetNameInvalid | LicenceMissing | null {
  const name = upload.name.trim();
  if (name === '' || name.length > NAME_CHARS_MAX) return assetNameInvalid();
  const licence = upload.rights.licence?.trim() ?? '';
  if (licence.length > LICENCE_CHARS_MAX || (upload.rights.declared === 'licensed' && licence === '')) return licenceMissing();
  return null;
}

export function rightsOf(upload: Pick<Upload, 'rights'>): AssetRights {
  const { declared, licence, aiTraining } = upload.rights;
  const unsaid = { owner: null, channels: null, territories: null, validUntil: null };
  return { declared, licence: licence?.trim() || null, ...unsaid, aiTraining: aiTraining ?? 'unspecified' };
}

/** As it will be read again: JSON, without what the file says nothing of. */
export function factsOf(upload: Pick<Upload, 'facts'>): Asset['facts'] {
  return JSON.parse(JSON.stringify(upload.facts)) as Asset['facts'];
}

/** The policy's fact `sourceRights`: a prohibition outweighs ownership. */
export function sourceRights(rights: Pick<AssetRights, 'declared' | 'aiTraining'>): 'owned' | 'licensed' | 'unknown' | 'ai-prohibited' {
  return rights.aiTraining === 'prohibited' ? 'ai-prohibited' : rights.declared;
}

/** Every one of `wanted` is among `held`. */
export function coversSubjects(held: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((subject) => held.includes(subject));
}
