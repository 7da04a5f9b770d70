import type { AssetRights } from '../asset.types.js';
import { type AssetRefusal, licenceMissing, rightsInvalid } from '../asset.refusals.js';
import type { NewSourceRights } from './rights.types.js';

const OWNER_CHARS_MAX = 200;
const LICENCE_CHARS_MAX = 2000;
const ENTRIES_MAX = 300;
const CODE = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const TERRITORY = /^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/;

/** What may not be recorded; null: it is fine. */
export function sourceRightsRefusal({ declared, owner, licence, channels, territories }: NewSourceRights): AssetRefusal | null {
  const isList = (entries: readonly string[] | null, entry: RegExp): boolean =>
    entries === null || (entries.length > 0 && entries.length <= ENTRIES_MAX && entries.every((each) => entry.test(each)));
  const length = licence?.trim().length ?? 0;
  if (length > LICENCE_CHARS_MAX || (declared === 'licensed' && length === 0)) return licenceMissing();
  if ((owner?.trim().length ?? 0) > OWNER_CHARS_MAX) return rightsInvalid('owner', `at most ${OWNER_CHARS_MAX} characters`);
  if (!isList(channels, CODE)) return rightsInvalid('channels', 'codes such as website, or leave them out: any');
  if (!isList(territories, TERRITORY)) return rightsInvalid('territories', 'ISO 3166 codes such as DE, or leave them out: everywhere');
  return null;
}

/** Why the licence does not cover a use: its time is over, or the channel or the territory is not among those it names. Empty: it does. */
export function restrictionsOf(
  { channels, territories, validUntil }: Pick<AssetRights, 'channels' | 'territories' | 'validUntil'>,
  use: { readonly channel: string; readonly territory: string },
  now: Date,
): readonly ('expired' | 'channel' | 'territory')[] {
  const [country = ''] = use.territory.split('-');
  const isThere = territories === null || ['*', use.territory, country].some((each) => territories.includes(each));
  return [
    ...(validUntil !== null && validUntil <= now ? (['expired'] as const) : []),
    ...(channels === null || channels.includes(use.channel) ? [] : (['channel'] as const)),
    ...(isThere ? [] : (['territory'] as const)),
  ];
}
