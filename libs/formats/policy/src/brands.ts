import type { Brands } from './brands.format.js';
import type { Lexicon } from './lexicon.read.js';

const COMPETITOR_CLASS = 'brand.competitor';
const TERM_CLASS = 'brand.prohibited_term';
/** Marks of others; the own ones are not. */
const TRADEMARK_CLASS = 'ip.trademark';
/** A name alone says little of what shall be done with it: MEDIUM, for a person to look at. */
const SCORE = 600;

/** The lexicons as the tenant's brands make them: two more, and no own name counts as somebody else's mark. */
export function withBrands(lexicons: readonly Lexicon[], brands: Brands | null): readonly Lexicon[] {
  if (brands === null) return lexicons;
  const lexicon = (name: string, entries: readonly string[]): readonly Lexicon[] =>
    entries.length === 0
      ? []
      : [
          {
            class: name,
            entries: entries.map((entry) => ({ pattern: `|${entry.toLowerCase()}|`, score: SCORE })),
            combinations: [],
            allow: brands.own,
          },
        ];
  return [
    ...lexicons.map((each) => (each.class === TRADEMARK_CLASS ? { ...each, allow: [...each.allow, ...brands.own] } : each)),
    ...lexicon(COMPETITOR_CLASS, brands.competitors),
    ...lexicon(TERM_CLASS, brands.prohibitedTerms),
  ];
}
