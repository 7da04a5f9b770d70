import { nearestRecord } from './consent.nearest';

describe('a face that no record speaks of', () => {
  it.each([
    [{ knows: 'itself', distance: 0 } as const, 'other-face', 'other places'],
    [{ knows: 'ancestor', distance: 90 } as const, 'other-face', 'a crop or a turn moves a face'],
    [{ knows: null, distance: null } as const, 'none', 'no picture to compare'],
    [{ knows: null, distance: 33 } as const, 'near', '33 of 256 bits, a copy in at most 32: a crop'],
    [{ knows: null, distance: 80 } as const, 'near', '80 of 256'],
    [{ knows: null, distance: 81 } as const, 'far', '81 of 256'],
  ])('%j is %s: %s', (acquaintance, found, says) => {
    expect(nearestRecord(acquaintance)).toEqual({
      found,
      distance: acquaintance.distance,
      says: expect.stringContaining(says) as string,
    });
  });
});
