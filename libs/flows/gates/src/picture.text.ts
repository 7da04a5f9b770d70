import { type PictureScreening, screenPrompt, type TextPlace } from '@imprimatur/domain/moderation';
import type { Lexicon } from '@imprimatur/formats/policy';
import type { JsonObject } from '@imprimatur/kernel';

/** What the lists say of the words in a picture. */
export interface PictureTextFindings {
  /** Strongest first. */
  readonly classes: readonly { readonly class: string; readonly score: number }[];
  /** Where the words stand that were found, in thousandths; never the words. */
  readonly places: readonly (TextPlace & { readonly classes: readonly string[] })[];
}

/** The lists are asked on the event loop, part by part; a part begins with the end of the one before, for what stands across two. */
const PART_CHARS = 2_000;
const OVERLAP_CHARS = 200;
/** Lines that are looked at one by one; the words of further ones are found in all of them. */
const LINES_MAX = 30;
/** A picture may show any language, and what was misread looks like none. */
const NOT_OF_PICTURES = 'language.unsupported';

const NOTHING: PictureTextFindings = { classes: [], places: [] };

/** The words of a picture by the same lists as a prompt; what is found line by line is found where it stands, what takes several lines in all of them. */
export function judgeText(
  words: readonly string[] | null,
  seen: Pick<PictureScreening, 'text'> | null,
  lexicons: readonly Lexicon[],
  floor: number,
): PictureTextFindings {
  if (words === null || words.length === 0) return NOTHING;
  const classes = strongest(partsOf(words.join('\n')).flatMap((part) => classesOf(part, lexicons, floor)));
  if (classes.length === 0) return NOTHING;
  const lines = words.slice(0, LINES_MAX).map((line) => classesOf(line, lexicons, floor).map((hit) => hit.class));
  const alone = new Set(lines.flat());
  const together = classes.map((hit) => hit.class).filter((name) => !alone.has(name));
  const places = (seen?.text ?? []).map((place, at) => ({ ...place, classes: [...(lines[at] ?? []), ...together] }));
  return { classes, places: places.filter((place) => place.classes.length > 0) };
}

/** Nothing where nothing was found. */
export function textAsEvidence({ classes, places }: PictureTextFindings): { readonly pictureText?: JsonObject } {
  if (classes.length === 0) return {};
  return {
    pictureText: {
      classes: classes.map((hit) => ({ ...hit })),
      places: places.map((place) => ({ ...place, classes: [...place.classes] })),
    },
  };
}

function classesOf(text: string, lexicons: readonly Lexicon[], floor: number): PictureTextFindings['classes'] {
  return screenPrompt(text, lexicons).classes.filter((hit) => hit.score >= floor && hit.class !== NOT_OF_PICTURES);
}

function partsOf(text: string): readonly string[] {
  const step = PART_CHARS - OVERLAP_CHARS;
  const count = Math.max(1, Math.ceil((text.length - OVERLAP_CHARS) / step));
  return Array.from({ length: count }, (_, at) => text.slice(at * step, at * step + PART_CHARS));
}

/** Of each class the highest score of any part. */
function strongest(hits: PictureTextFindings['classes']): PictureTextFindings['classes'] {
  const best = new Map<string, number>();
  for (const { class: name, score } of hits) best.set(name, Math.max(score, best.get(name) ?? 0));
  return [...best].map(([name, score]) => ({ class: name, score })).sort((one, other) => other.score - one.score);
}
