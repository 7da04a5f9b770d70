import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@imprimatur/platform/config';
import { lifecycleDocument } from './lifecycle.document.js';
import { MOVES } from './turn.lifecycle.js';

describe('docs/lifecycle.md', () => {
  it('is the table of moves: npm run build && node scripts/lifecycle.mjs', () => {
    expect(readFileSync(join(projectRoot(), 'docs/lifecycle.md'), 'utf8')).toBe(lifecycleDocument());
  });

  it('has a row for each move', () => {
    const rows = lifecycleDocument().split('\n');
    for (const move of MOVES) {
      expect(rows.filter((row) => row.startsWith(`| \`${move.from}\` | \`${move.to}\` |`))).toHaveLength(1);
    }
  });
});
