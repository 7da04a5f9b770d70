import type { ClassScore } from './moderator.types.js';

const UNMAPPED_MAX = 20;
const WORD_CHARS_MAX = 64;

/** One value as an engine reports it, in its own word. */
export interface Rating {
  readonly word: string;
  /** 0 to 1000. */
  readonly score: number;
  /** As the engine says it. */
  readonly value: string;
}

/** Words of an engine to taxonomy classes. */
export type Mapping = Readonly<Record<string, string>>;

/** The strongest rating of each class. A word that `mapping` does not have is kept as a word, and scores nothing. */
export function classesOf(
  mapping: Mapping,
  ratings: readonly Rating[],
): { readonly classes: readonly ClassScore[]; readonly unmapped: readonly string[] } {
  const classes: ClassScore[] = [];
  const unmapped: string[] = [];
  for (const { word, score, value } of ratings) {
    if (Object.hasOwn(mapping, word)) classes.push({ class: mapping[word] ?? '', score, raw: `${word} ${value}` });
    else unmapped.push(word.slice(0, WORD_CHARS_MAX).toWellFormed());
  }
  return { classes: strongest(classes), unmapped: [...new Set(unmapped)].sort().slice(0, UNMAPPED_MAX) };
}

/** Each class once, with its highest score, strongest first. */
export function strongest<Scored extends ClassScore>(scores: readonly Scored[]): readonly Scored[] {
  const best = new Map<string, Scored>();
  for (const each of scores) {
    const known = best.get(each.class);
    if (!known || each.score > known.score) best.set(each.class, each);
  }
  return [...best.values()].sort((a, b) => b.score - a.score || (a.class < b.class ? -1 : 1));
}
