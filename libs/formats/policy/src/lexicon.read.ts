import { parseRawPattern } from 'obscenity';
import { z } from 'zod';
import type { BundleData } from './bundle.data.js';
import type { BundleFiles, BundleProblem } from './bundle.files.js';
import { readYamlFile, type YamlFile } from './yaml.read.js';

/** As the moderation room reads it at the gate: what it could not read there must not become part of a bundle. */
const format = z.strictObject({
  class: z.string().regex(/^[a-z_]+(\.[a-z_]+)*$/),
  entries: z.array(z.strictObject({ pattern: z.string().min(2), score: z.int().min(1).max(1000) })).min(1),
  allow: z.array(z.string().min(2)).default([]),
});
/** The words of one taxonomy class: patterns with their scores (1 to 1000), and phrases that are harmless. */
export type LexiconFile = z.output<typeof format>;

/** Reads `lexicons/`: the grammar of every pattern, no pattern twice, and classes that the taxonomy finds in prompts. */
export function readLexicons(
  files: BundleFiles,
  taxonomy: BundleData['taxonomy'] | null,
  problems: BundleProblem[],
): ReadonlyMap<string, LexiconFile> {
  const lexicons = new Map<string, LexiconFile>();
  for (const path of Object.keys(files)
    .filter((each) => each.startsWith('lexicons/'))
    .sort()) {
    const read = readYamlFile(files, path, format, problems);
    if (read === null) continue;
    lexicons.set(path, read.value);
    refuseStranger(path, read, taxonomy, problems);
    refuseWrongPatterns(path, read, problems);
  }
  return lexicons;
}

function refuseStranger(
  path: string,
  { value, lineOf }: YamlFile<LexiconFile>,
  taxonomy: BundleData['taxonomy'] | null,
  problems: BundleProblem[],
): void {
  if (taxonomy === null || taxonomy.classes.some(({ id, stages }) => id === value.class && stages.includes('prompt'))) return;
  const message = `'${value.class}' is no class that data/taxonomy.yaml finds in prompts`;
  problems.push({ code: 'BUNDLE_DATA_INVALID', where: `${path}, class`, line: lineOf(['class']), message });
}

function refuseWrongPatterns(path: string, { value, lineOf }: YamlFile<LexiconFile>, problems: BundleProblem[]): void {
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
