import { DataSet, englishRecommendedTransformers, parseRawPattern, RegExpMatcher } from 'obscenity';
import type { Lexicon } from '@imprimatur/formats/policy';
import { doubtOf, LANGUAGE_CLASS, LANGUAGE_SCORE } from './language.engine.js';
import { CombinationMatcher, wordsOf } from './combination.js';

/** What the lexicons found in a prompt; never the words themselves. */
export interface PromptScreening {
  /** Strongest first. */
  readonly classes: readonly { readonly class: string; readonly score: number }[];
  /** The highest score; 0 when nothing was found. */
  readonly max: number;
  readonly engine: string;
}

const ENGINE = 'obscenity/0.4.6, combinations/1, language/2';
/** The engine counts these letters twice where they stand twice, and every other one once. */
const DOUBLED = 'begols';
/** Characters that show nothing and are put between letters to hide a word. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Single letters in a row: `u n d r e s s`. */
const SPELLED = /\b(?:\p{L}[\s._-]){3,}\p{L}\b/gu;

interface Matcher {
  readonly class: string;
  readonly matcher: RegExpMatcher;
  readonly scores: ReadonlyMap<number, number>;
  readonly combinations: readonly CombinationMatcher[];
  readonly allow: readonly string[];
}

const matchers = new WeakMap<readonly Lexicon[], readonly Matcher[]>();

/** Looks a prompt up in the lexicons: a millisecond or two. It finds words, not meanings: a miss proves nothing. */
export function screenPrompt(text: string, lexicons: readonly Lexicon[]): PromptScreening {
  const plain = normalise(text);
  const language = doubtOf(text) === null ? [] : [{ class: LANGUAGE_CLASS, score: LANGUAGE_SCORE }];
  const classes = matchersOf(lexicons)
    .flatMap((matcher) => {
      const score = scoreOf(matcher, plain);
      return score > 0 ? [{ class: matcher.class, score }] : [];
    })
    .concat(language)
    .sort((a, b) => b.score - a.score);
  return { classes, max: classes[0]?.score ?? 0, engine: ENGINE };
}

function scoreOf({ matcher, scores, combinations, allow }: Matcher, text: string): number {
  const looked = allow.reduce((rest, phrase) => rest.replaceAll(phrase, ' '), text);
  const found = matcher.getAllMatches(looked).map(({ termId }) => scores.get(termId) ?? 0);
  const words = combinations.length === 0 ? [] : wordsOf(looked);
  const together = combinations.filter((each) => each.isIn(words)).map(({ combination }) => combination.score);
  return Math.max(0, ...found, ...together);
}

function normalise(text: string): string {
  const visible = text.normalize('NFKC').replaceAll(INVISIBLE, '').toLowerCase();
  return visible.replaceAll(SPELLED, (spelled) => spelled.replaceAll(/[\s._-]/g, '')).replaceAll(/\s+/g, ' ');
}

function matchersOf(lexicons: readonly Lexicon[]): readonly Matcher[] {
  let made = matchers.get(lexicons);
  if (!made) {
    made = lexicons.map(matcherOf);
    matchers.set(lexicons, made);
  }
  return made;
}

/** A pattern as the engine hears the text: `shutterstock` as `shuterstock`. */
function asHeard(pattern: string): string {
  return pattern.replaceAll(/([a-z])\1+/g, (letters, letter: string) => (DOUBLED.includes(letter) ? letters : letter));
}

function matcherOf(lexicon: Lexicon): Matcher {
  const terms = new DataSet<{ score: number }>();
  for (const { pattern, score } of lexicon.entries)
    terms.addPhrase((phrase) => phrase.setMetadata({ score }).addPattern(parseRawPattern(asHeard(pattern))));
  const built = terms.build();
  const scores = new Map((built.blacklistedTerms ?? []).map(({ id }, at) => [id, lexicon.entries[at]?.score ?? 0]));
  return {
    class: lexicon.class,
    matcher: new RegExpMatcher({ ...built, ...englishRecommendedTransformers }),
    scores,
    combinations: lexicon.combinations.map((combination) => new CombinationMatcher(combination)),
    allow: lexicon.allow.map((phrase) => phrase.toLowerCase()),
  };
}
