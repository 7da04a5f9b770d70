const SHOWN_MAX = 200;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNSHOWABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Text out of a stranger's file, made safe for a terminal and a log: no control, direction or invisible characters, at most 200 characters.
 * It may still hold `<` and `&`: whoever writes HTML escapes it there.
 */
export function displayText(text: string): string {
  const clean = text
    .slice(0, SHOWN_MAX * 4)
    .toWellFormed()
    .replace(UNSHOWABLE, ' ')
    .trim();
  return clean.length > SHOWN_MAX ? `${clean.slice(0, SHOWN_MAX - 1)}…` : clean;
}
