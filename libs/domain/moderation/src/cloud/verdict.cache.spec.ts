import type { TenantId } from '@imprimatur/kernel';
import type { EngineVerdict } from './moderator.types';
import { VerdictCache, type VerdictKey } from './verdict.cache';

const KEY: VerdictKey = { tenant: 'a' as TenantId, kind: 'prompt', sha256: 'ab', engine: 'openai', version: '1' };
const VERDICT: EngineVerdict = { engine: 'openai', version: '1', model: null, classes: [], unmapped: [] };

describe('the cache of verdicts', () => {
  let now = 0;
  const cache = (max?: number): VerdictCache => new VerdictCache({ now: () => new Date(now) }, max);
  beforeEach(() => (now = 0));

  it.each([
    ['tenant', { tenant: 'b' as TenantId }],
    ['kind of content', { kind: 'picture' }],
    ['content', { sha256: 'ac' }],
    ['engine', { engine: 'azure' }],
    ['version', { version: '2' }],
    ['tenant that spells a key', { tenant: 'a","prompt' as TenantId, kind: 'ab' }],
  ])('finds nothing for another %s', (_, other) => {
    const kept = cache();
    kept.keep(KEY, VERDICT);
    expect(kept.find(KEY)).toBe(VERDICT);
    expect(kept.find({ ...KEY, ...other } as VerdictKey)).toBeNull();
  });

  it('forgets after an hour', () => {
    const kept = cache();
    kept.keep(KEY, VERDICT);
    now = 3_599_999;
    expect(kept.find(KEY)).toBe(VERDICT);
    now = 3_600_000;
    expect(kept.find(KEY)).toBeNull();
  });

  it('gives up what was not asked for the longest, and never grows beyond its size', () => {
    const kept = cache(2);
    const [one, two, three] = ['1', '2', '3'].map((sha256) => ({ ...KEY, sha256 })) as [VerdictKey, VerdictKey, VerdictKey];
    kept.keep(one, VERDICT);
    kept.keep(two, VERDICT);
    kept.find(one);
    kept.keep(three, VERDICT);
    expect([one, two, three].map((key) => kept.find(key) !== null)).toEqual([true, false, true]);
  });
});
