import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { diffBundles } from './bundle.diff.js';
import { loadBundle } from './bundle.load.js';
import type { Bundle } from './bundle.types.js';
import { specimenWith } from './specimen.js';
import { moduleDigest, usageTextDigest } from './training.read.js';

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');
const MODULE = `modules:
  - id: consent
    title: Consent
    text: Ask first.
    useCases: [internal-draft]
    passMark: 1
    validDays: 365
    questions:
      - { id: who, text: Who agrees?, choices: [{ id: a, text: Nobody }, { id: b, text: Who is shown }], right: [b] }
`;
const TEXT = `{ version: '1', title: How we edit, text: Be kind. }\n`;

function loaded(training: string | null, text: string | null = null): ReturnType<typeof loadBundle> {
  return loadBundle(specimenWith({ 'data/training.yaml': training, 'data/acknowledgement.yaml': text }), { cedar, sha256 });
}

function load(training: string | null, text: string | null = null): Bundle {
  const result = loaded(training, text);
  if (!result.ok) throw new Error(result.refusal.message);
  return result.value;
}

const told = (from: Bundle, to: Bundle): readonly string[] =>
  diffBundles(from, to).flatMap(({ area, id, kind, words }) => [`${kind} ${area} ${id}`, ...words]);

describe('what a bundle asks of people', () => {
  it('is nothing in a bundle without it', () => {
    const { data } = load(null);
    expect([data.training, data.usageText]).toEqual([[], null]);
  });

  it('is read with its limits', () => {
    const { data } = load(MODULE, TEXT);
    expect(data.usageText).toEqual({ version: '1', title: 'How we edit', text: 'Be kind.' });
    expect(data.training).toMatchObject([{ id: 'consent', attemptsPerDay: 5, questions: [{ right: ['b'] }] }]);
  });

  it.each([
    ['a module twice', MODULE + MODULE.slice('modules:\n'.length), `'consent' stands there twice`],
    ['more to be right than is asked', MODULE.replace('passMark: 1', 'passMark: 2'), 'nobody could pass'],
    ['a use case that nobody knows', MODULE.replace('[internal-draft]', '[resale]'), `'resale' is no use case`],
    ['a right choice that is none', MODULE.replace('right: [b]', 'right: [c]'), `'c' is no choice of 'who'`],
    ['a choice twice', MODULE.replace('{ id: b,', '{ id: a,'), `the choice 'a' of 'who' stands there twice`],
    ['no right choice', MODULE.replace('right: [b]', 'right: []'), '>=1 items'],
    ['a field that nobody knows', MODULE.replace('validDays', 'validdays'), 'Unrecognized key'],
  ])('is refused with %s', (_, training, message) => {
    const result = loaded(training);
    expect(result.ok ? [] : result.refusal.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'BUNDLE_DATA_INVALID', message: expect.stringContaining(message) as unknown }),
      ]),
    );
  });

  it('has another digest with any word of it, and the same with any number elsewhere', () => {
    const digestOf = (training: string): string =>
      load(training)
        .data.training.map((module) => moduleDigest(module, sha256))
        .join();
    const changes = [
      MODULE,
      MODULE.replace('Ask first', 'Ask'),
      MODULE.replace('Nobody', 'No one'),
      MODULE.replace('right: [b]', 'right: [a]'),
    ];
    expect(new Set(changes.map(digestOf)).size).toBe(4);
    const text = { version: '1', title: 'How we edit', text: 'Be kind.' };
    expect(usageTextDigest({ ...text, text: 'Be kinder.' }, sha256)).not.toBe(usageTextDigest(text, sha256));
    expect(usageTextDigest(load(null, TEXT).data.usageText ?? text, sha256)).toBe(usageTextDigest(text, sha256));
  });

  it('differs in words that disclose no answer', () => {
    expect(told(load(null), load(MODULE, TEXT))).toEqual([
      'added training module consent',
      'Consent',
      'changed usage text data/acknowledgement.yaml',
      `everybody has to acknowledge 'How we edit', version 1`,
    ]);
    expect(told(load(MODULE), load(MODULE.replace('right: [b]', 'right: [a]').replace('365', '30')))).toEqual([
      'changed training module consent',
      'validDays: 365 -> 30',
      'the questions are others, or put or graded otherwise',
    ]);
    expect(told(load(null, TEXT), load(null))).toEqual([
      'changed usage text data/acknowledgement.yaml',
      'nobody has to acknowledge a text any more',
    ]);
  });
});
