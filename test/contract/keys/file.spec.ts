import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@imprimatur/kernel';
import { FileKeyProvider } from '@imprimatur/platform/keys';
import { describeKeyProvider } from './key-provider.contract';

describeKeyProvider('a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'imprimatur-keys-'));
  return {
    open: () => new FileKeyProvider(join(folder, 'keys', 'master.key')),
    makesGenerations: true,
    unknownKeyId: 'file-7',
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

describe('the key files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'imprimatur-keys-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are the owner’s alone, also later generations', async () => {
    const keys = new FileKeyProvider(join(folder, 'keys', 'master.key'));
    await keys.rotate(newId('tenant'), 'file-1');
    const files = readdirSync(join(folder, 'keys'));
    expect(files).toHaveLength(2);
    for (const file of files) expect(statSync(join(folder, 'keys', file)).mode & 0o777).toBe(0o600);
  });

  it('of a wrong length are named, not used', () => {
    const file = join(folder, 'short.key');
    writeFileSync(file, 'short');
    expect(() => new FileKeyProvider(file)).toThrow('must hold exactly 32 bytes');
  });
});
