import { parse } from 'yaml';
import { z } from 'zod';
import { Fault } from '@imprimatur/kernel';
import type { Combination } from './combination.js';

const score = z.int().min(1).max(1000);
const term = z
  .string()
  .min(2)
  .regex(/^[\p{L}\p{N}' ]+\*?(?: [\p{L}\p{N}']+\*?)*$/u, 'words, each with a * at most at its end');
const format = z
  .strictObject({
    /** Taxonomy class: `sexual.ncii`. */
    class: z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/),
    entries: z.array(z.strictObject({ pattern: z.string().min(2), score })).default([]),
    combinations: z
      .array(z.strictObject({ all: z.array(z.array(term).min(1)).min(2).max(4), within: z.int().min(2).max(20), score }))
      .default([]),
    /** Phrases that mean something harmless; what they cover is not looked at. */
    allow: z.array(z.string().min(2)).default([]),
  })
  .refine(({ entries, combinations }) => entries.length + combinations.length > 0, 'a lexicon finds something');

/**
 * The words of one taxonomy class. A pattern is obscenity's: `|` is the edge of a word, `?` any one character, `[x]` an optional part. A combination is of
 * words near each other. 900 and above: unmistakable; from 300: a person should look; below: harmless alone, and counted together with other classes.
 */
export interface Lexicon {
  readonly class: string;
  readonly entries: readonly { readonly pattern: string; readonly score: number }[];
  readonly combinations: readonly Combination[];
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
