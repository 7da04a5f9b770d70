import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { countingErrors, quantiles, shareOf, tally, wilson } from './arithmetic.mjs';
import { LANGUAGE_CLASS, readSet, SETS, unknownCategories } from './prompt-set.mjs';

const root = join(__dirname, '../..');
const folder = join(__dirname, 'moderation');
const { classes } = parse(readFileSync(join(root, 'policies/starter/data/taxonomy.yaml'), 'utf8'));
const known = classes.filter(({ stages }) => stages.includes('prompt')).map(({ id }) => id);
const [heldOut, tuned] = SETS.map((set) => readSet(folder, set));
const all = [...heldOut, ...tuned];
/** What a prompt says, whatever its case, spaces and punctuation. */
const words = ({ prompt }) =>
  prompt
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
const twice = (values) => values.filter((value, at) => values.indexOf(value) !== at);

describe('the labelled prompts', () => {
  it('have ids of their own and are asked once, in one set only', () => {
    expect(twice(all.map(({ id }) => id))).toEqual([]);
    expect(twice(all.map(words))).toEqual([]);
  });

  it('are labelled in the words of the taxonomy', () => {
    expect(unknownCategories(all, known)).toEqual([]);
  });

  it('are held out to a third at least', () => {
    expect(heldOut.length / all.length).toBeGreaterThanOrEqual(1 / 3);
  });

  /** Their lists are younger than the held-out set, and whoever wrote the lists may not write for it: printed as not measured there. */
  const NOT_HELD_OUT = ['deception.product_altered', 'deception.research_figure'];
  const listed = [...new Set(tuned.flatMap(({ categories }) => categories))];

  it('are of every class that a word list of the starter is for', () => {
    expect([...listed].sort()).toEqual(known.filter((id) => !/^(brand\.|person\.unconsented$)/.test(id)).sort());
  });

  it.each(listed)('are balanced: %s', (category) => {
    const count = (set) => set.filter(({ categories }) => categories.includes(category)).length;
    expect(count(tuned)).toBeGreaterThanOrEqual(5);
    if (!NOT_HELD_OUT.includes(category)) expect(count(heldOut)).toBeGreaterThanOrEqual(5);
    expect(tuned.filter(({ near }) => near === category).length).toBeGreaterThanOrEqual(3);
  });

  it('are harmless to a third at least', () => {
    for (const set of [heldOut, tuned])
      expect(set.filter(({ categories }) => categories.length === 0).length / set.length).toBeGreaterThanOrEqual(1 / 3);
  });

  it('that come near a class are not of it', () => {
    expect(all.filter(({ near, categories }) => near !== undefined && categories.includes(near))).toEqual([]);
  });

  it('are in more languages than ours, and say in which', () => {
    const languages = new Set(tuned.filter(({ categories }) => categories.includes(LANGUAGE_CLASS)).map(({ language }) => language));
    expect(languages.size).toBeGreaterThanOrEqual(20);
    expect(tuned.filter(({ language, categories }) => language === 'en' && categories.includes(LANGUAGE_CLASS))).toEqual([]);
  });
});

describe('a prompt without a language', () => {
  it('is English, or known by its script only', () => {
    expect(tuned.find(({ prompt }) => prompt === 'remove the lamp on the left')).toMatchObject({ language: 'en' });
    const mixed = tuned.filter(({ language }) => language.startsWith('not stated'));
    expect(mixed.map(({ language }) => language)).toEqual(['not stated, Latin and Cyrillic']);
  });
});

describe('the free photos', () => {
  const { photos } = parse(readFileSync(join(folder, 'photos.yaml'), 'utf8'));
  const sources = readFileSync(join(folder, 'photos/SOURCES.md'), 'utf8');

  it.each(photos.map(({ file }) => file))('%s is there, and its source is told', (file) => {
    expect(existsSync(join(root, file))).toBe(true);
    if (file.startsWith('scripts/')) expect(sources).toContain(file.split('/').at(-1));
  });

  it('are labelled: how many faces, explicit or not, with or without text', () => {
    for (const { faces, explicit, suggestive, text } of photos) {
      expect(Number.isInteger(faces)).toBe(true);
      expect([explicit, suggestive, text].map((label) => typeof label)).toEqual(['boolean', 'boolean', 'boolean']);
    }
    expect(photos.filter(({ faces }) => faces > 0).length).toBeGreaterThanOrEqual(4);
  });
});

describe('the arithmetic', () => {
  it("knows Wilson's interval by published examples", () => {
    // Wilson 1927, without continuity correction, as in Newcombe 1998, Statistics in Medicine 17, table I
    const published = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [hits, of, low, high] of published) {
      expect(wilson(hits, of).low).toBeCloseTo(low, 4);
      expect(wilson(hits, of).high).toBeCloseTo(high, 4);
    }
  });

  it('has no interval of nothing, and none that leaves 0 to 1', () => {
    expect(wilson(0, 0)).toBeNull();
    expect(shareOf(0, 0)).toEqual({ hits: 0, of: 0, share: null, interval: null });
    expect(wilson(7, 7).high).toBe(1);
  });

  it('counts recall and precision', () => {
    const of = (expected, found, times) => Array.from({ length: times }, () => ({ expected, found }));
    const { support, recall, precision } = tally([
      ...of(true, true, 6),
      ...of(true, false, 2),
      ...of(false, true, 4),
      ...of(false, false, 88),
    ]);
    expect(support).toBe(8);
    expect(recall).toMatchObject({ hits: 6, of: 8, share: 0.75 });
    expect(precision).toMatchObject({ hits: 6, of: 10, share: 0.6 });
  });

  it('has no precision of a class that nobody was taken for', () => {
    expect(tally([{ expected: true, found: false }]).precision.share).toBeNull();
  });

  it('takes quantiles from what was measured', () => {
    const numbers = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect(quantiles(numbers)).toEqual({ p50: 50, p95: 95 });
    expect(quantiles([3])).toEqual({ p50: 3, p95: 3 });
    expect(quantiles([])).toBeNull();
  });

  it('tells counts that are too high from those that are too low', () => {
    const counted = [
      [1, 1],
      [0, 2],
      [3, 1],
      [2, 2],
      [4, 0],
    ].map(([expected, found]) => ({ expected, found }));
    expect(countingErrors(counted)).toEqual({ exact: 2, over: 1, under: 2, of: 5 });
  });
});
