import type { Position } from '../../operation.types.js';
import { takePlace } from '../areas.js';
import { takeColour } from '../colours.js';
import { targetOf } from '../targets.js';
import type { Words } from '../words.js';
import { ask, decline, done, type IntentRule, notUnderstood, SURE } from './rule.js';

const TEXT_CHARS_MAX = 200;
const SIZE_PERMILLE = 70;
const SIZES: readonly (readonly [RegExp, number])[] = [
  [/\b(?:tiny|very small)\b/, 25],
  [/\b(?:small(?:er)?|little)\b/, 40],
  [/\b(?:very large|very big|huge|giant|enormous)\b/, 200],
  [/\b(?:large|big|larger|bigger)\b/, 120],
  [/\b(?:medium)\b/, SIZE_PERMILLE],
];
/** What the bundled font has, whole: Latin, Greek, Cyrillic, punctuation, currency, arrows and mathematical signs. */
const WRITABLE =
  /^[\x20-\x7e\u00a0-\u024f\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20b5\u2100-\u22ff]+$/;

function takeSize(words: Words): number {
  const percent = words.take(/\b(\d{1,2})%\s*(?:high|tall|height|of the height)?/);
  if (percent) return Math.max(10, Math.min(900, Number(percent[1]) * 10));
  return SIZES.find(([pattern]) => words.take(pattern))?.[1] ?? SIZE_PERMILLE;
}

const label: IntentRule = {
  name: 'text',
  when: /⟦(\d+)⟧/,
  read(words, match) {
    const verb = words.take(
      /\b(?:add|put|write|place|print|insert|overlay|label|caption|stamp|title|type|include|draw|watermark|display|show|set|apply|give)\b/,
    );
    const noun = words.take(
      /\b(?:text|caption|label|title|headline|words?|watermark|heading|note|slogan|sentence|letters|line|message|stamp|tag)\b/,
    );
    if (!verb && !noun) return null;
    const text = words.quotes[Number(match[1])] ?? '';
    if (words.has(/\b(?:replace|change|remove|erase|delete|translate|correct|fix)\b/)) return null;
    if (!WRITABLE.test(text) || text.length > TEXT_CHARS_MAX) {
      return decline('TEXT_UNSUPPORTED', `I write up to ${TEXT_CHARS_MAX} Latin, Greek or Cyrillic characters in one line.`, [
        'add the text "hello" at the bottom',
      ]);
    }
    words.take(/\b(?:saying|says?|reading|that|which|with)\b/);
    words.take(/\b(?:says?|reads?|reading)\b/);
    const place = takePlace(words);
    words.take(/\b(?:corner|edge|side|text|letters|font|writing|over|across|bold|reading|says?|colour|size|caption)\b/);
    const sizePermille = takeSize(words);
    const colour = takeColour(words);
    words.take(/\b(?:text|letters|font|writing|colour|size|corner|edge|bold)\b/);
    words.take(/\b(?:text|letters|font|writing|colour|size|label)\b/);
    if (targetOf(words).kind !== 'everything') return notUnderstood();
    const position: Position = place?.position ?? 'bottom';
    return done([{ operation: 'text', text, position, colour, sizePermille }], SURE);
  },
};

/** Words without quotes could be the text, or say where it goes: it is asked, with the guess as a candidate. */
const unquoted: IntentRule = {
  name: 'text without quotes',
  when: /^(?:add|put|write|place|print|insert|overlay|include|type|label|caption)\b(?=.*\b(?:text|caption|title|headline|label|heading|watermark|slogan|words?|write|saying|says)\b)|^(?:write|caption|label)\b/,
  read(words) {
    if (words.has(/⟦/)) return null;
    words.take(
      /^\s*(?:a |the |some )*(?:text|caption|title|headline|label|heading|watermark|slogan|words?)?(?:\s+(?:saying|that says|which says|reading|with))?\b/,
    );
    const place = takePlace(words);
    const guess = words
      .rest()
      .replace(/^(?:it|picture|this|with|saying|text|:|of|the)\s+/, '')
      .replace(/["⟦⟧]/g, '')
      .slice(0, TEXT_CHARS_MAX)
      .trim();
    const at = place ? ` in the ${place.position.replace('-', ' ')}${place.position.includes('-') ? ' corner' : ''}` : '';
    return ask({
      code: 'WHICH_WORDS',
      text: 'Which words exactly? Put them in quotes.',
      candidates:
        guess !== '' && WRITABLE.test(guess) && !guess.includes("'")
          ? [`add the text "${guess}"${at.replace(/ in the (top|bottom|left|right)$/, ' at the $1')}`]
          : [],
      completion: `add the text "{answer}"${at.replace(/ in the (top|bottom|left|right)$/, ' at the $1')}`,
    });
  },
};

export const TEXT_RULES = { label, unquoted };
