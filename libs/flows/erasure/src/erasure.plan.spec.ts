import { newId } from '@imprimatur/kernel';
import { type CopyGroup, countsOf, planDigest } from './erasure.plan.js';

const subject = newId('subject');
const group = (kind: CopyGroup['kind'], ids: readonly string[], more: Partial<CopyGroup> = {}): CopyGroup => ({
  kind,
  action: 'delete',
  ids,
  kept: null,
  note: 'said',
  ...more,
});
const groups = [group('original', ['a', 'b']), group('export', []), group('lookalike', ['c'], { action: 'keep' })];
const digest = planDigest(subject, groups, []);

describe('the digest of a plan', () => {
  it('is 32 bytes, and the same for the same plan', () => {
    expect(digest.length).toBe(32);
    expect(planDigest(subject, [...groups], [])).toEqual(digest);
  });

  it.each([
    ['another person', planDigest(newId('subject'), groups, [])],
    ['another copy', planDigest(subject, [group('original', ['a', 'x']), ...groups.slice(1)], [])],
    ['one copy more', planDigest(subject, [group('original', ['a', 'b', 'c']), ...groups.slice(1)], [])],
    ['copies that run into each other', planDigest(subject, [group('original', ['ab']), ...groups.slice(1)], [])],
    ['a copy that is kept', planDigest(subject, [...groups.slice(0, 2), group('lookalike', ['c', 'd'], { action: 'keep' })], [])],
    ['another action', planDigest(subject, [group('original', ['a', 'b'], { action: 'keep' }), ...groups.slice(1)], [])],
    ['somebody else in the picture', planDigest(subject, groups, [{ subject: newId('subject'), versions: [newId('version')] }])],
  ])('is another with %s', (_, other) => expect(other).not.toEqual(digest));

  it('does not depend on words, nor on what comes and goes by itself', () => {
    const reworded = groups.map((each) => ({ ...each, note: 'in other words' }));
    expect(planDigest(subject, [...reworded, group('request-digest', ['r']), group('job', ['j'])], [])).toEqual(digest);
  });
});

it('counts what is destroyed, not what is kept', () => expect(countsOf(groups)).toEqual({ original: 2, export: 0 }));
