import { createHmac } from 'node:crypto';
import type { HmacSha256 } from '@imprimatur/kernel';
import { reviewerPseudonym } from './governance.format';

const hmac: HmacSha256 = (key, message) => createHmac('sha256', key).update(message).digest();
const key = new Uint8Array(32).fill(7);

describe("a reviewer's pseudonym", () => {
  const one = reviewerPseudonym(hmac, key, 'export-1', 'reviewer-ref');

  it('is the same within one export', () => {
    expect(reviewerPseudonym(hmac, key, 'export-1', 'reviewer-ref')).toBe(one);
    expect(one).toMatch(/^reviewer-[\w-]{16}$/);
  });

  it.each([
    ['another export', reviewerPseudonym(hmac, key, 'export-2', 'reviewer-ref')],
    ['another person', reviewerPseudonym(hmac, key, 'export-1', 'other-ref')],
    ['another key', reviewerPseudonym(hmac, new Uint8Array(32), 'export-1', 'reviewer-ref')],
  ])('differs for %s', (_what, other) => {
    expect(other).not.toBe(one);
  });

  it('does not hold the name it stands for', () => {
    expect(one).not.toContain('reviewer-ref');
  });
});
