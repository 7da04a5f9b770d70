import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileOnce, replaceFile } from './durable.file';

describe('durable files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'imprimatur-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are replaced whole, with their mode, and leave no draft', () => {
    const file = join(folder, 'deep', 'state.json');
    replaceFile(file, 'one', 0o600);
    replaceFile(file, 'two', 0o600);
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['state.json']);
  });

  it('are created once: the first writer wins', () => {
    const file = join(folder, 'key');
    createFileOnce(file, Uint8Array.of(1, 2, 3), 0o600);
    createFileOnce(file, Uint8Array.of(9), 0o600);
    expect([...readFileSync(file)]).toEqual([1, 2, 3]);
    expect(readdirSync(folder)).toEqual(['key']);
  });
});
