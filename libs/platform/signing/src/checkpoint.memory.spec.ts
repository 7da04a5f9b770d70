import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointMemory } from './checkpoint.memory';

describe('what a signer remembers', () => {
  let folder: string;
  let memory: CheckpointMemory;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'imprimatur-memory-'));
    memory = new CheckpointMemory(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const head = (size: number) => ({ origin: 'log.example/1', size, root: new Uint8Array(32).fill(size) });
  const file = (): string => join(folder, readdirSync(folder)[0] ?? '');

  it('is the newest of what it was told, of each log its own', () => {
    expect(memory.last('log.example/1')).toBeNull();
    for (let size = 1; size <= 9; size += 1) {
      memory.remember(head(size));
      expect(new CheckpointMemory(folder).last('log.example/1')).toEqual({ ...head(size), root: Buffer.from(head(size).root) });
    }
    memory.remember({ ...head(3), origin: 'log.example/2' });
    expect(
      memory
        .all()
        .map(({ origin, size }) => `${origin} ${size}`)
        .sort(),
    ).toEqual(['log.example/1 9', 'log.example/2 3']);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it.each([1, 2, 3, 4])('survives a write that was torn, after %d of them', (writes) => {
    for (let size = 1; size <= writes; size += 1) memory.remember(head(size));
    const before = readFileSync(file());
    memory.remember(head(writes + 1));
    const after = readFileSync(file());
    for (let cut = 1; cut < before.length; cut += 97) {
      // the disk has the new bytes up to `cut` of the line that changed, and the old ones after it
      const from = before.findIndex((byte, at) => byte !== after[at]);
      const torn = Buffer.from(before);
      after.copy(torn, from, from, Math.min(from + cut, after.length));
      writeFileSync(file(), torn);
      expect([writes, writes + 1]).toContain(memory.last('log.example/1')?.size);
      for (const size of [20, 21, 22]) {
        memory.remember(head(size));
        expect(memory.last('log.example/1')?.size).toBe(size);
      }
    }
  });

  it('is never empty because a file is broken', () => {
    memory.remember(head(5));
    for (const text of ['', '{}', 'x', readFileSync(file(), 'utf8').replaceAll('"size":5', '"size":4')]) {
      writeFileSync(file(), text);
      expect(() => memory.last('log.example/1')).toThrow(/is not what a signer remembered/);
      expect(() => memory.remember(head(6))).toThrow(/is not what a signer remembered/);
    }
  });

  it('reads what a version before the two lines wrote, and goes on from it', () => {
    memory.remember(head(1));
    writeFileSync(file(), JSON.stringify({ origin: 'log.example/1', size: 7, root: Buffer.alloc(32, 7).toString('base64') }));
    expect(memory.last('log.example/1')?.size).toBe(7);
    memory.remember(head(8));
    memory.remember(head(9));
    expect(memory.last('log.example/1')?.size).toBe(9);
  });
});
