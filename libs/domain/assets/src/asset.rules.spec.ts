import fc from 'fast-check';
import { newId } from '@imprimatur/kernel';
import { coversSubjects, rightsOf, sourceRights, uploadRefusal } from './asset.rules.js';
import type { Upload } from './asset.types.js';

const upload = (name: string, rights: Upload['rights'] = { declared: 'owned' }) => ({ name, rights });

describe('an upload', () => {
  it('is fine with a name and rights', () => {
    expect(uploadRefusal(upload('portrait.jpg'))).toBeNull();
    expect(uploadRefusal(upload('a', { declared: 'licensed', licence: 'CC BY 4.0' }))).toBeNull();
  });

  it.each(['', '  ', 'x'.repeat(201)])('is refused with the name %j', (name) => {
    expect(uploadRefusal(upload(name))?.code).toBe('ASSET_NAME_INVALID');
  });

  it.each([undefined, null, ' ', 'x'.repeat(2001)])('is refused as licensed with the licence %j', (licence) => {
    expect(uploadRefusal(upload('a', { declared: 'licensed', licence }))?.code).toBe('LICENCE_MISSING');
  });
});

describe('the rights in a picture', () => {
  it('default to nothing said', () => {
    expect(rightsOf(upload('a', { declared: 'unknown', licence: '  ' }))).toEqual({
      declared: 'unknown',
      licence: null,
      owner: null,
      channels: null,
      territories: null,
      validUntil: null,
      aiTraining: 'unspecified',
    });
  });

  it('are those of the owner unless machines are kept out', () => {
    expect(sourceRights({ declared: 'owned', aiTraining: 'unspecified' })).toBe('owned');
    expect(sourceRights({ declared: 'licensed', aiTraining: 'allowed' })).toBe('licensed');
    expect(sourceRights({ declared: 'owned', aiTraining: 'prohibited' })).toBe('ai-prohibited');
  });
});

describe('subjects of a blob', () => {
  it('cover what they contain and nothing else', () => {
    const pool = Array.from({ length: 6 }, () => newId('subject'));
    const some = fc.subarray(pool);
    fc.assert(
      fc.property(some, some, (held, wanted) => {
        expect(coversSubjects(held, wanted)).toBe(new Set([...held, ...wanted]).size === held.length);
      }),
    );
  });
});
