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

/** The lists are asked on the event loop, so a page of text is judged by its beginning. */
const CHARS_MAX = 2_000;
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
  const classes = classesOf(words.join('\n').slice(0, CHARS_MAX), lexicons, floor);
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
