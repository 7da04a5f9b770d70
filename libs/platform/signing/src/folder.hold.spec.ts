import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderHold } from './folder.hold';

describe('the hold on a signer’s folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'imprimatur-hold-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const files = (): readonly string[] => readdirSync(folder).sort();
  const began = (pid: number): string =>
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')[19] ?? '';
  const boot = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const holder = (number: number, of: { pid: number; began: string; boot: string }): void =>
    writeFileSync(join(folder, `holder.${number}`), JSON.stringify({ ...of, token: 'x' }));
  const other = process.ppid;

  it('is one per process, shared by its signers, and ends with the last of them', () => {
    const [one, two] = [FolderHold.take(folder), FolderHold.take(folder)];
    expect(files()).toEqual(['holder.1']);
    one.release();
    one.release();
    expect([one.isHeld(), two.isHeld()]).toEqual([false, true]);
    two.release();
    expect(readFileSync(join(folder, 'holder.1'), 'utf8')).toBe('{}\n');
    expect(FolderHold.take(folder).isHeld()).toBe(true);
    expect(files()).toEqual(['holder.2']);
  });

  it('is refused while another process that lives has it', () => {
    holder(3, { pid: other, began: began(other), boot: boot() });
    expect(() => FolderHold.take(folder)).toThrow(`process ${other} signs from ${folder} already`);
    expect(files()).toEqual(['holder.3']);
  });

  it.each([
    ['its process is gone', () => holder(3, { pid: 2 ** 22 + 1, began: '1', boot: boot() })],
    ['its number was given to another process', () => holder(3, { pid: other, began: '1', boot: boot() })],
    ['the machine was started again', () => holder(3, { pid: other, began: began(other), boot: 'another' })],
    ['this process had it, and forgot', () => holder(3, { pid: process.pid, began: began(process.pid), boot: boot() })],
    ['it was let go', () => writeFileSync(join(folder, 'holder.3'), '{}\n')],
    ['it was damaged', () => writeFileSync(join(folder, 'holder.3'), 'x')],
  ])('is taken over when %s', (_when, prepare) => {
    prepare();
    const hold = FolderHold.take(folder);
    expect(hold.isHeld()).toBe(true);
    expect(files()).toEqual(['holder.4']);
    hold.release();
  });

  it('notices that a process it cannot see took over, and does not let go of what is not its own', () => {
    const hold = FolderHold.take(folder);
    rmSync(join(folder, 'holder.1'));
    holder(2, { pid: 1, began: '5', boot: 'of another machine' });
    expect(hold.isHeld()).toBe(false);
    hold.release();
    expect(files()).toEqual(['holder.2']);
    expect(readFileSync(join(folder, 'holder.2'), 'utf8')).toContain('of another machine');
  });

  it('leaves keys and memory of the folder alone', () => {
    writeFileSync(join(folder, 'log.key'), 'k');
    writeFileSync(join(folder, 'holder.old'), 'o');
    FolderHold.take(folder).release();
    expect(files()).toEqual(['holder.1', 'holder.old', 'log.key']);
  });
});
