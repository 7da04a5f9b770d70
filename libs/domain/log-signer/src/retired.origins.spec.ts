import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RetiredOrigins } from './retired.origins';

describe('retired origins', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'imprimatur-retired-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('stay retired, also for the next process', () => {
    const retired = new RetiredOrigins(folder);
    retired.retire('log.example/a', 'log.example/b');
    retired.retire('log.example/b', 'log.example/c');
    expect(new RetiredOrigins(folder).successorsOf('log.example/a')).toEqual(['log.example/b', 'log.example/c']);
    expect(new RetiredOrigins(folder).successorOfLog('log.example/a/t/x')).toBe('log.example/c');
    expect(retired.successorOfLog('log.example/c/0')).toBeNull();
  });

  it.each([
    ['itself', 'log.example/a', 'log.example/a'],
    ['what went on under it', 'log.example/c', 'log.example/a'],
  ])('are not revived by a succession of %s', (_what, installation, successor) => {
    const retired = new RetiredOrigins(folder);
    retired.retire('log.example/a', 'log.example/b');
    retired.retire('log.example/b', 'log.example/c');
    expect(() => retired.retire(installation, successor)).toThrow(/cannot go on under/);
    for (const each of [retired, new RetiredOrigins(folder)])
      expect(each.successorsOf('log.example/a')).toEqual(['log.example/b', 'log.example/c']);
  });
});
