import { z } from 'zod';

const words = z
  .array(
    z
      .string()
      .trim()
      .min(2)
      .max(80)
      // what means something in a pattern of a lexicon is no part of a name here
      .regex(/^[^|?[\]\\]+$/, 'a name or a word as it is written, without | ? [ ] and \\'),
  )
  .default([]);

/** `data/brands.yaml`: the tenant's own names, those of competitors, and words that the brand does not use. */
export const brandsFormat = z.strictObject({ own: words, competitors: words, prohibitedTerms: words });
export type Brands = z.infer<typeof brandsFormat>;
