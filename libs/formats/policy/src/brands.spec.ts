import { withBrands } from './brands';
import { type Brands, brandsFormat } from './brands.format';
import type { Lexicon } from './lexicon.read';

const trademarks: Lexicon = { class: 'ip.trademark', entries: [{ pattern: '|acme|', score: 700 }], combinations: [], allow: ['acme hill'] };
const weapons: Lexicon = { class: 'violence.weapons', entries: [{ pattern: '|gun|', score: 700 }], combinations: [], allow: [] };
const brands = (changed: Partial<Brands>): Brands => ({ own: [], competitors: [], prohibitedTerms: [], ...changed });

describe('the brands of a bundle', () => {
  it('are looked for as whole words, and own names are nobody else’s marks', () => {
    const [marks, others, ...added] = withBrands(
      [trademarks, weapons],
      brands({ own: ['Acme'], competitors: ['Globex Corp'], prohibitedTerms: ['Bargain'] }),
    );
    expect(marks).toEqual({ ...trademarks, allow: ['acme hill', 'Acme'] });
    expect(others).toBe(weapons);
    expect(added).toEqual([
      { class: 'brand.competitor', entries: [{ pattern: '|globex corp|', score: 600 }], combinations: [], allow: ['Acme'] },
      { class: 'brand.prohibited_term', entries: [{ pattern: '|bargain|', score: 600 }], combinations: [], allow: ['Acme'] },
    ]);
  });

  it('that are not named add nothing', () => {
    expect(withBrands([weapons], null)).toEqual([weapons]);
    expect(withBrands([weapons], brands({}))).toEqual([weapons]);
  });

  it('are names, not patterns', () => {
    expect(brandsFormat.safeParse({ own: ['Acme & Söhne'] }).success).toBe(true);
    expect(brandsFormat.safeParse({ competitors: ['Glo|bex'] }).success).toBe(false);
    expect(brandsFormat.safeParse({ rivals: ['Globex'] }).success).toBe(false);
  });
});
