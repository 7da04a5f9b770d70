import { type BundleId, newId, type SubjectId } from '@imprimatur/kernel';
import { activationRefused, isInShare } from './policy.rules.js';
import type { StoredBundle } from './policy.types.js';

const [author, approver] = ['author', 'approver'] as unknown as [SubjectId, SubjectId];
const draft: StoredBundle = {
  id: 'b' as BundleId,
  name: 'house',
  version: '1.0.0',
  hash: 'ab',
  state: 'draft',
  draftedBy: author,
  draftedAt: new Date(0),
  activatedBy: null,
  activatedAt: null,
  retiredAt: null,
  trial: null,
};

describe('activating a bundle', () => {
  it.each([
    ['a draft, by somebody else, on its first day', draft, approver, '2026-03-01T00:00:00Z', null],
    ['a draft, by whoever loaded it', draft, author, '2026-03-01T00:00:00Z', 'ACTIVATION_NEEDS_ANOTHER'],
    ['a draft, the day before', draft, approver, '2026-02-28T23:59:59Z', 'BUNDLE_NOT_EFFECTIVE'],
    ['what is in shadow', { ...draft, state: 'shadow' as const }, approver, '2026-03-02T00:00:00Z', null],
    [
      'what is in canary, by whoever loaded it',
      { ...draft, state: 'canary' as const },
      author,
      '2026-03-02T00:00:00Z',
      'ACTIVATION_NEEDS_ANOTHER',
    ],
    ['what is active already', { ...draft, state: 'active' as const }, approver, '2026-03-02T00:00:00Z', 'BUNDLE_NOT_DRAFT'],
    ['what was retired', { ...draft, state: 'retired' as const }, approver, '2026-03-02T00:00:00Z', 'BUNDLE_NOT_DRAFT'],
  ])('%s', (_, bundle, by, now, code) => {
    expect(activationRefused(bundle, '2026-03-01', by, new Date(now))?.code ?? null).toBe(code);
  });
});

describe('the share of a bundle in canary', () => {
  const sessions = Array.from({ length: 4_000 }, () => newId('session'));
  const [hash, other] = ['ab'.repeat(32), 'cd'.repeat(32)] as const;
  const judged = (share: number, by: string = hash): readonly string[] => sessions.filter((session) => isInShare(by, share, session));

  it('is about as large as it says, and the same again', () => {
    expect(judged(0)).toEqual([]);
    expect(judged(1_000)).toEqual(sessions);
    expect(judged(250).length).toBeGreaterThan(850);
    expect(judged(250).length).toBeLessThan(1_150);
    expect(judged(250)).toEqual(judged(250));
  });

  it('keeps the sessions of a smaller one, and has others for another bundle', () => {
    const small = new Set(judged(100));
    expect(judged(300).filter((session) => small.has(session))).toEqual([...small]);
    expect(judged(100, other)).not.toEqual([...small]);
  });
});
