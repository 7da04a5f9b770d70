import type { Combination } from '@imprimatur/formats/policy';

/** Letters that are written as digits and signs, where a word holds letters as well: `waterm4rk`, not `2024`. */
const LEET: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's' };
const WORD = /[\p{L}\p{N}@$']+/gu;

/** The words of a normalised text, in order, with figures read as the letters that they stand for. */
export function wordsOf(text: string): readonly string[] {
  return (text.match(WORD) ?? []).map((word) => plain(word));
}

function plain(word: string): string {
  const bare = word.replaceAll("'", '');
  return /\p{L}/u.test(bare) ? bare.replaceAll(/[013457@$]/g, (sign) => LEET[sign] ?? sign) : bare;
}

/** A combination made ready: to be asked about many texts. */
export class CombinationMatcher {
  private readonly groups: readonly Group[];

  constructor(readonly combination: Combination) {
    this.groups = combination.all.map(groupOf);
  }

  /** Whether some stretch of at most `within` words holds a term of each group; a word counts for one of them. */
  isIn(words: readonly string[]): boolean {
    const terms: (readonly number[])[][] = [];
    for (const group of this.groups) {
      const found = words.map((_, at) => lengthsAt(group, words, at));
      if (found.every((lengths) => lengths.length === 0)) return false; // the others need not be looked for
      terms.push(found);
    }
    return words.some((_, from) => {
      const stretch = { from, to: Math.min(from + this.combination.within, words.length) };
      return terms.some((group) => group[from]?.length) && terms.every((group) => isBegunIn(group, stretch)) && fits(terms, stretch, []);
    });
  }
}

type WordTest = (word: string) => boolean;
type Term = readonly WordTest[];

interface Group {
  readonly byWord: ReadonlyMap<string, readonly Term[]>;
  /** Terms whose first word may end in any way. */
  readonly byStem: readonly Term[];
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A cheap look before `fits`, which tries every order. */
function isBegunIn(group: readonly (readonly number[])[], { from, to }: Stretch): boolean {
  for (let at = from; at < to; at += 1) if (group[at]?.length) return true;
  return false;
}

/** Whether each group, after those that have their words already, has a term left in the stretch. `terms`: of a group and a word's place, how long the terms are that begin there. */
function fits(terms: readonly (readonly (readonly number[])[])[], { from, to }: Stretch, taken: readonly Stretch[]): boolean {
  const group = terms[taken.length];
  if (!group) return true;
  for (let at = from; at < to; at += 1) {
    for (const length of group[at] ?? []) {
      const term = { from: at, to: at + length };
      const isFree = term.to <= to && !taken.some((other) => term.from < other.to && other.from < term.to);
      if (isFree && fits(terms, { from, to }, [...taken, term])) return true;
    }
  }
  return false;
}

/** The terms of a group by their first word: most words of a text begin none, and one look says so. */
function groupOf(terms: readonly string[]): Group {
  const byWord = new Map<string, Term[]>();
  const byStem: Term[] = [];
  for (const term of terms) {
    const words = term.toLowerCase().replaceAll("'", '').split(/\s+/);
    const [first = ''] = words;
    const tests = words.map(testOf);
    if (first.endsWith('*')) byStem.push(tests);
    else byWord.set(first, [...(byWord.get(first) ?? []), tests]);
  }
  return { byWord, byStem };
}

function testOf(word: string): WordTest {
  if (!word.endsWith('*')) return (other) => other === word;
  const stem = word.slice(0, -1);
  return (other) => other.startsWith(stem);
}

/** How many words the terms have that begin at a place. */
function lengthsAt({ byWord, byStem }: Group, words: readonly string[], at: number): readonly number[] {
  const begun = byWord.get(words[at] ?? '');
  const terms = begun ? [...begun, ...byStem] : byStem;
  return terms.filter((term) => term.every((test, offset) => test(words[at + offset] ?? ''))).map((term) => term.length);
}
