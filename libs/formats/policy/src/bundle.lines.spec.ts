import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import type { BundleFiles } from './bundle.files.js';
import { loadBundle } from './bundle.load.js';
import { SPECIMEN, specimenWith } from './specimen.js';
import { lineAtByte, lineAtUnit } from './text.lines.js';

const tools = { cedar, sha256: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer') };
const linesOf = (files: BundleFiles): string[] => {
  const loaded = loadBundle(files, tools);
  return loaded.ok ? [] : loaded.refusal.problems.map(({ code, where, line }) => `${where.split(',', 1)[0]}:${line} ${code}`);
};
const rule = SPECIMEN['rules/usage.cedar'] ?? '';
const edit = (path: string, from: string | RegExp, to: string): BundleFiles =>
  specimenWith({ [path]: (SPECIMEN[path] ?? '').replace(from, to) });

describe('the line of a fault', () => {
  it.each([
    ['a repeated key', edit('bundle.yaml', 'owners: [Legal]', 'owners: [Legal]\nowners: [Sales]'), 'bundle.yaml:6 BUNDLE_DATA_INVALID'],
    ['a wrong value', edit('bundle.yaml', '1.2.3', 'latest'), 'bundle.yaml:3 BUNDLE_DATA_INVALID'],
    ['a day that never comes', edit('bundle.yaml', '2026-01-01', '2026-02-30'), 'bundle.yaml:7 BUNDLE_DATA_INVALID'],
    ['a field nobody knows', edit('bundle.yaml', 'owners', 'onwers'), 'bundle.yaml:5 BUNDLE_DATA_INVALID'],
    ['a member of a list', edit('data/queues.yaml', 'priority: 6', 'priority: 60'), 'data/queues.yaml:5 BUNDLE_DATA_INVALID'],
    ['a queue that stands twice', edit('data/queues.yaml', 'id: quality', 'id: legal'), 'data/queues.yaml:5 BUNDLE_DATA_INVALID'],
    [
      'a rule cut off',
      specimenWith({ 'rules/usage.cedar': rule.replace(/turnsLastHour >=[\s\S]*/, '') }),
      'rules/usage.cedar:4 RULE_UNPARSABLE',
    ],
    [
      'a fact that is none',
      specimenWith({ 'rules/usage.cedar': rule.replace('context.turns', '\n\ncontext.truns') }),
      'rules/usage.cedar:6 RULE_INVALID',
    ],
    [
      'a schema that is none',
      specimenWith({ 'schema.cedarschema': 'namespace X {\n  entity;\n}' }),
      'schema.cedarschema:2 BUNDLE_SCHEMA_INVALID',
    ],
    ['a misspelt fact in a test', edit('tests/usage.golden.yaml', 'Hour: 59', 'Huor: 59'), 'tests/usage.golden.yaml:5 GOLDEN_INVALID'],
    ['a rule without a miss', edit('tests/usage.golden.yaml', /miss: \[.*\]/, 'miss: []'), 'rules/usage.cedar:2 RULE_UNTESTED'],
  ])('is told for %s', (_, files, expected) => {
    expect(linesOf(files)).toContain(expected);
  });

  it('is right for the eleventh rule of a file, which Cedar names before the second', () => {
    const many = Array.from({ length: 12 }, (_each, at) => rule.replace('usage.rate', `usage.rate-${at}`)).join('');
    const told = linesOf(specimenWith({ 'rules/usage.cedar': many, 'tests/usage.golden.yaml': 'rules: {}' }));
    expect(told).toEqual(
      Array.from({ length: 12 }, (_each, at) => `rules/usage.cedar:${2 + 4 * at} RULE_UNTESTED`).flatMap((each) => [each, each]),
    );
  });

  it('counts what Cedar counts, bytes, and what YAML counts', () => {
    const text = '§§é\n𝄞x\nend';
    expect(lineAtByte(text, Buffer.byteLength('§§é'))).toBe(1);
    expect(lineAtByte(text, Buffer.byteLength('§§é\n'))).toBe(2);
    expect(lineAtByte(text, Buffer.byteLength('§§é\n𝄞x\n'))).toBe(3);
    expect(lineAtUnit(text, text.indexOf('x'))).toBe(2);
    expect(lineAtByte(text, 1_000)).toBe(3);
  });

  it('does not hide the faults behind a broken manifest', () => {
    const told = linesOf(specimenWith({ 'bundle.yaml': 'name: [', 'rules/usage.cedar': rule.replace('"throttle"', '"block"') }));
    expect(told.map((line) => line.split(' ')[1])).toEqual(expect.arrayContaining(['BUNDLE_DATA_INVALID', 'RULE_ANNOTATION_INVALID']));
  });
});

describe('a lexicon', () => {
  const lexicon = (text: string): string[] => linesOf(specimenWith({ 'lexicons/ip.yaml': text }));
  it('of a class found in prompts loads', () => {
    expect(lexicon("class: ip.watermark_removal\nentries:\n  - { pattern: '|watermark|', score: 900 }\n")).toEqual([]);
  });
  it.each([
    ['of a class nobody knows', "class: ip.nothing\nentries: [{ pattern: 'ab', score: 1 }]", 1],
    ['with a pattern that is none', "class: ip.watermark_removal\nentries:\n  - { pattern: 'a[b', score: 1 }", 3],
    ['with a pattern twice', "class: ip.watermark_removal\nentries:\n  - { pattern: 'ab', score: 1 }\n  - { pattern: 'ab', score: 2 }", 4],
    ['with a score above 1000', "class: ip.watermark_removal\nentries:\n  - { pattern: 'ab', score: 1001 }", 3],
  ])('%s is refused', (_, text, line) => {
    expect(lexicon(text)).toEqual([`lexicons/ip.yaml:${line} BUNDLE_DATA_INVALID`]);
  });
});
