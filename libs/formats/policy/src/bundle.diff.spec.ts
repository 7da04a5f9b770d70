import { hash } from 'node:crypto';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { diffBundles } from './bundle.diff.js';
import type { BundleFiles } from './bundle.files.js';
import { loadBundle } from './bundle.load.js';
import type { Bundle } from './bundle.types.js';
import { SPECIMEN, specimenWithRule } from './specimen.js';

function load(files: BundleFiles): Bundle {
  const loaded = loadBundle(files, { cedar, sha256: (bytes) => hash('sha256', bytes, 'buffer') });
  if (!loaded.ok) throw new Error(loaded.refusal.message);
  return loaded.value;
}

function edited(path: string, from: string | RegExp, to: string, files: BundleFiles = SPECIMEN): BundleFiles {
  const text = files[path] ?? '';
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${path} holds no ${String(from)}`);
  return { ...files, [path]: changed };
}

const told = (from: BundleFiles, to: BundleFiles): readonly string[] =>
  diffBundles(load(from), load(to)).flatMap(({ area, id, kind, words }) => [`${kind} ${area} ${id}`, ...words]);

describe('the difference of two bundles', () => {
  it('is nothing between a bundle and itself', () => {
    expect(diffBundles(load(SPECIMEN), load({ ...SPECIMEN, 'README.md': 'words' }))).toEqual([]);
  });

  it('tells version and day', () => {
    expect(told(SPECIMEN, edited('bundle.yaml', /^version: .*$/m, 'version: 2.0.0'))).toEqual([
      'changed bundle bundle.yaml',
      'version: 1.2.3 -> 2.0.0',
    ]);
  });

  it('tells a rule that came, and one that went', () => {
    const more = specimenWithRule('usage.more', 'refuse', 'context.faces > 1');
    const [added, removed] = [told(SPECIMEN, more), told(more, SPECIMEN)];
    expect(added).toContain('added rule usage.more');
    expect(removed).toContain('removed rule usage.more');
    expect(added.find((line) => line.startsWith('refuse at the'))).toBeDefined();
  });

  it('tells what a rule now demands, beside what it demanded', () => {
    const before = specimenWithRule('usage.more', 'refuse', 'context.faces > 1');
    const after = specimenWithRule('usage.more', 'hold', 'context.faces > 0');
    const lines = told(before, after);
    expect(lines).toContain('changed rule usage.more');
    expect(lines).toContain('outcome: refuse -> hold');
    expect(lines.find((line) => line.startsWith('condition was:'))).toContain('context.faces > 1');
    expect(lines.find((line) => line.startsWith('condition is:'))).toContain('context.faces > 0');
  });

  it('does not tell how a rule is laid out', () => {
    const [rules = ''] = Object.keys(SPECIMEN).filter((path) => path.startsWith('rules/'));
    const spaced = { ...SPECIMEN, [rules]: (SPECIMEN[rules] ?? '').replaceAll('{ ', '{\n  // a remark\n  ') };
    expect(spaced[rules]).not.toBe(SPECIMEN[rules]);
    expect(told(SPECIMEN, spaced)).toEqual([]);
  });

  it('tells a rule that only watches now', () => {
    const shadow = edited('bundle.yaml', 'rules: {}', 'rules: { usage.rate: shadow }');
    expect(told(SPECIMEN, shadow)).toEqual(['changed rule usage.rate', 'mode: enforce -> shadow']);
  });

  it('counts the phrases of a word list and names a few', () => {
    const list = (patterns: readonly string[], score = 500): BundleFiles => ({
      ...SPECIMEN,
      'lexicons/x.yaml': `class: ${classOf()}\nentries:\n${patterns.map((each) => `  - { pattern: '${each}', score: ${score} }`).join('\n')}\n`,
    });
    expect(told(SPECIMEN, list(['one']))).toEqual(['added word list lexicons/x.yaml', `${classOf()}: 1 phrases, 0 combinations`]);
    const seven = ['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'gg'];
    expect(told(list(['zz']), list(seven))).toEqual([
      'changed word list lexicons/x.yaml',
      'phrases added: 7 (aa; bb; cc; dd; ee; ...)',
      'phrases removed: 1 (zz)',
    ]);
    expect(told(list(['zz']), list(['zz'], 900))).toContain('phrases with another score: 1 (zz 500 -> 900)');
  });

  function classOf(): string {
    const found = load(SPECIMEN).data.taxonomy.classes.find(({ stages }) => stages.includes('prompt'));
    if (!found) throw new Error('the specimen has a class for prompts');
    return found.id;
  }
});
