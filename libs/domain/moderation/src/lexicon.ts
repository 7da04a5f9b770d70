import { parse } from 'yaml';
import { z } from 'zod';
import { Fault } from '@imprimatur/kernel';

const format = z.strictObject({
  /** Taxonomy class: `sexual.ncii`. */
  class: z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/),
  entries: z.array(z.strictObject({ pattern: z.string().min(2), score: z.int().min(1).max(1000) })).min(1),
  /** Phrases that mean something harmless; what they cover is not looked at. */
  allow: z.array(z.string().min(2)).default([]),
});

/**
 * The words of one taxonomy class. A pattern is obscenity's: `|` is the edge of a word, `?` any one character, `[x]` an optional part. 900
 * and above: unmistakable; below: a person should look.
 */
export interface Lexicon {
  readonly class: string;
  readonly entries: readonly { readonly pattern: string; readonly score: number }[];
  readonly allow: readonly string[];
}

/** Reads the files below a bundle's `lexicons/`. Throws Fault LEXICON_INVALID with the file's name. */
export function parseLexicons(files: Readonly<Record<string, string>>): readonly Lexicon[] {
  return Object.entries(files).map(([path, text]) => {
    try {
      return format.parse(parse(text, { maxAliasCount: 0, uniqueKeys: true }));
    } catch (cause) {
      throw new Fault({ room: 'moderation', code: 'LEXICON_INVALID', message: `${path} is not a lexicon`, safe: true, cause });
    }
  });
}
