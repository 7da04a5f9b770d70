import { parseRawPattern } from 'obscenity';
import { z } from 'zod';
import type { BundleData } from './bundle.data.js';
import type { BundleFiles, BundleProblem } from './bundle.files.js';
import { readYamlFile, type YamlFile } from './yaml.read.js';

const score = z.int().min(1).max(1000);
const term = z
  .string()
  .min(2)
  .regex(/^[\p{L}\p{N}']+\*?(?: [\p{L}\p{N}']+\*?)*$/u, 'words, each with a * at most at its end');

/** The grammar of a file below `lexicons/`, here as at the gate. */
export const lexiconFormat = z
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

/** Words that mean something only near each other: one of each group, in any order. */
export interface Combination {
  /** Groups of terms. A term is one or more words; a `*` at the end of a word stands for any ending. */
  readonly all: readonly (readonly string[])[];
  /** The longest stretch, in words, from the first of them to the last. */
  readonly within: number;
  /** 1 to 1000. */
  readonly score: number;
}

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

/** Reads `lexicons/`: the grammar of every pattern, no pattern twice, and classes that the taxonomy finds in prompts. */
export function readLexicons(
  files: BundleFiles,
  taxonomy: BundleData['taxonomy'] | null,
  problems: BundleProblem[],
): ReadonlyMap<string, Lexicon> {
  const lexicons = new Map<string, Lexicon>();
  for (const path of Object.keys(files)
    .filter((each) => each.startsWith('lexicons/'))
    .sort()) {
    const read = readYamlFile(files, path, lexiconFormat, problems);
    if (read === null) continue;
    lexicons.set(path, read.value);
    refuseStranger(path, read, taxonomy, problems);
    refuseWrongPatterns(path, read, problems);
  }
  return lexicons;
}

function refuseStranger(
  path: string,
  { value, lineOf }: YamlFile<Lexicon>,
  taxonomy: BundleData['taxonomy'] | null,
  problems: BundleProblem[],
): void {
  if (taxonomy === null || taxonomy.classes.some(({ id, stages }) => id === value.class && stages.includes('prompt'))) return;
  const message = `'${value.class}' is no class that data/taxonomy.yaml finds in prompts`;
  problems.push({ code: 'BUNDLE_DATA_INVALID', where: `${path}, class`, line: lineOf(['class']), message });
}

function refuseWrongPatterns(path: string, { value, lineOf }: YamlFile<Lexicon>, problems: BundleProblem[]): void {
  const seen = new Set<string>();
  for (const [at, { pattern }] of value.entries.entries()) {
    const message = seen.has(pattern) ? `'${pattern}' stands there twice` : whyNoPattern(pattern);
    seen.add(pattern);
    if (message === null) continue;
    problems.push({ code: 'BUNDLE_DATA_INVALID', where: `${path}, entries, ${at}`, line: lineOf(['entries', at]), message });
  }
}

function whyNoPattern(pattern: string): string | null {
  try {
    parseRawPattern(pattern);
    return null;
  } catch (error) {
    return `'${pattern}' is no pattern: ${error instanceof Error ? error.message : String(error)}`;
  }
}
