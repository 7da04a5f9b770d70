import { ENGLISH, FOREIGN, LOANS } from './language.words.js';

/** Why a prompt cannot be judged by English word lists; null: it can. */
export type LanguageDoubt = 'mixed-scripts' | 'other-script' | 'other-language';

export const LANGUAGE_CLASS = 'language.unsupported';
/** A person should look: nothing was found, because nothing could be. */
export const LANGUAGE_SCORE = 500;
/** Signs of another language that one name does not bring together. */
const FOREIGN_MIN = 2;
const WORD = /[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
/** 50 μm, 10 Ωm. */
const UNIT = /^[μΩ]\p{Script=Latin}{1,2}$/u;
const LATIN = /\p{Script=Latin}/u;
const OTHER = /(?!\p{Script=Latin})(?!\p{Script=Common})(?!\p{Script=Inherited})\p{L}/u;
/** What shall stand in the picture may be in any language; the word lists look at it all the same. */
const QUOTED = /"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|(?<![\p{L}\p{N}])'[^']*'(?![\p{L}])/gu;

/** Looks at scripts and at the commonest words: 0.05 ms or so. Languages that are written in Latin letters and are not in its lists are not noticed. */
export function doubtOf(text: string): LanguageDoubt | null {
  const words = [...text.normalize('NFC').replaceAll(QUOTED, ' ').matchAll(WORD)].map(([word]) => word).filter((word) => !UNIT.test(word));
  if (words.some((word) => LATIN.test(word) && OTHER.test(word))) return 'mixed-scripts';
  // a single letter is a symbol more often than a word: 50 μm, α channel
  if (words.some((word) => OTHER.test(word) && [...word].length > 1)) return 'other-script';
  const plain = words.filter((word, at) => !isPartOfName(word, words[at + 1])).map((word) => word.toLowerCase());
  const foreign = plain.filter((word) => FOREIGN.has(word) || FOREIGN.has(word.replace(/^[\p{L}]['’]/u, '')) || isAccented(word)).length;
  const english = plain.filter((word) => ENGLISH.has(word)).length;
  return foreign >= FOREIGN_MIN && foreign > english ? 'other-language' : null;
}

/** `Los` of Los Angeles, `Le` of Le Creuset. */
function isPartOfName(word: string, next: string | undefined): boolean {
  return /^\p{Lu}/u.test(word) && next !== undefined && /^\p{Lu}/u.test(next);
}

function isAccented(word: string): boolean {
  return !LOANS.has(word) && /\p{M}/u.test(word.normalize('NFD'));
}
