import type { BundleId, SubjectId } from '@imprimatur/kernel';
import { activationRefused } from './policy.rules.js';
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
};

describe('activating a bundle', () => {
  it.each([
    ['a draft, by somebody else, on its first day', draft, approver, '2026-03-01T00:00:00Z', null],
    ['a draft, by whoever loaded it', draft, author, '2026-03-01T00:00:00Z', 'ACTIVATION_NEEDS_ANOTHER'],
    ['a draft, the day before', draft, approver, '2026-02-28T23:59:59Z', 'BUNDLE_NOT_EFFECTIVE'],
    ['what is active already', { ...draft, state: 'active' as const }, approver, '2026-03-02T00:00:00Z', 'BUNDLE_NOT_DRAFT'],
    ['what was retired', { ...draft, state: 'retired' as const }, approver, '2026-03-02T00:00:00Z', 'BUNDLE_NOT_DRAFT'],
  ])('%s', (_, bundle, by, now, code) => {
    expect(activationRefused(bundle, '2026-03-01', by, new Date(now))?.code ?? null).toBe(code);
  });
});
