import type { Words } from './words.js';

/** How much was asked for: percent, as a share to change by, or as the level to reach. */
export type Amount = { readonly by: number } | { readonly to: number };

/** What is done when the prompt does not say how much. */
export const DEFAULT_PERCENT = 20;

const PHRASES: readonly (readonly [RegExp, number])[] = [
  [/(?<!\b(?:left|right|top|bottom|upper|lower|hand)[- ])\b(?:by )?(?:a |one )?half\b(?! (?:of|the|turn))/, 50],
  [/\bby (?:a|one) third\b/, 33],
  [/\bby (?:a|one) quarter\b/, 25],
  [/\b(?:twice as|twice|double|doubled)\b/, 100],
  [/\b(?:completely|fully|totally|entirely|all the way|as much as possible|to the max(?:imum)?)\b/, 100],
  [/\b(?:dramatically|drastically|extremely|massively|heavily|tons?|way)\b/, 60],
  [/\b(?:quite )?(?:a lot|lots|a (?:good|great) (?:deal|bit))\b|\b(?:much|significantly|considerably|strongly|substantially|very|really|greatly|hard)\b/, 40],
  [/\b(?:just )?(?:a |the )?(?:tiny|little|wee|small|slightest)? ?(?:bit|tad|touch|hair|smidge|notch|little)\b|\b(?:slightly|slight|subtly|subtle|gently|gentle|barely|marginally|faintly)\b/, 10],
  [/\b(?:somewhat|moderately|moderate|fairly|a fair amount|quite|medium)\b/, 20],
]; // prettier-ignore

const NUMBER = /(?<![\w.:-])(by |to |at |of |=|: ?)?([+-]?\d{1,4}(?:\.\d{1,3})?)(%| points?\b)?(?!\s*(?:degrees|px|x\d|:\d)|[\w.]*\d)/;

/** Takes the first amount out of `words`. A number without `%` counts as percent: the rule that calls knows that one is meant. */
export function takeAmount(words: Words): Amount | null {
  const number = words.take(NUMBER);
  if (number) {
    const value = Math.round(Number(number[2]));
    return number[1] === 'to ' && !/^[+-]/.test(number[2] ?? '') ? { to: value } : { by: value };
  }
  // adverbs pile up ('just a tiny bit'): the first kind found decides, the rest of its kind is dropped
  let found: Amount | null = null;
  for (const [phrase, percent] of PHRASES) {
    const match = words.take(phrase);
    if (match && found === null) found = { by: percent };
  }
  return found;
}

/** -100 to 100: `direction` is 1 or -1, as the verb says; a level is reached from 100. */
export function signedPercent(amount: Amount | null, direction: 1 | -1, whenUnsaid = DEFAULT_PERCENT): number {
  const percent = amount === null ? direction * whenUnsaid : 'to' in amount ? amount.to - 100 : direction * amount.by;
  return Math.max(-100, Math.min(100, percent));
}
