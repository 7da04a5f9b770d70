import { restrictionsOf, sourceRightsRefusal } from './rights.rules';
import type { NewSourceRights } from './rights.types';

const NOW = new Date('2026-11-29T12:00:00Z');
const RIGHTS: NewSourceRights = {
  declared: 'licensed',
  owner: 'Example Pictures',
  licence: 'Order 7, web only',
  channels: ['website'],
  territories: ['DE', 'US'],
  validUntil: new Date(NOW.getTime() + 1),
};
const USE = { channel: 'website', territory: 'DE' };

describe('a licence', () => {
  it('covers the channels and territories that it names, a country with its parts, until its last moment', () => {
    expect(restrictionsOf(RIGHTS, USE, NOW)).toEqual([]);
    expect(restrictionsOf(RIGHTS, { ...USE, territory: 'US-NY' }, NOW)).toEqual([]);
    expect(restrictionsOf({ ...RIGHTS, territories: ['US-NY'] }, { ...USE, territory: 'US' }, NOW)).toEqual(['territory']);
    expect(restrictionsOf(RIGHTS, { channel: 'print', territory: '*' }, NOW)).toEqual(['channel', 'territory']);
    expect(restrictionsOf({ ...RIGHTS, validUntil: NOW }, USE, NOW)).toEqual(['expired']);
  });

  it('that names nothing restricts nothing', () => {
    expect(restrictionsOf({ channels: null, territories: null, validUntil: null }, { channel: 'print', territory: '*' }, NOW)).toEqual([]);
  });

  it.each<[string, Partial<NewSourceRights>]>([
    ['LICENCE_MISSING', { licence: ' ' }],
    ['SOURCE_RIGHTS_INVALID', { owner: 'x'.repeat(201) }],
    ['SOURCE_RIGHTS_INVALID', { channels: [] }],
    ['SOURCE_RIGHTS_INVALID', { channels: ['the web, mostly'] }],
    ['SOURCE_RIGHTS_INVALID', { territories: ['Germany'] }],
  ])('%s: %j', (code, changed) => {
    expect(sourceRightsRefusal({ ...RIGHTS, ...changed })?.code).toBe(code);
  });

  it('is fine as it is', () => {
    expect(sourceRightsRefusal(RIGHTS)).toBeNull();
    expect(sourceRightsRefusal({ ...RIGHTS, declared: 'owned', licence: null, owner: null, channels: null, territories: null })).toBeNull();
  });
});
