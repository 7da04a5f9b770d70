import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Fault, toHex } from '@imprimatur/kernel';
import { createFileOnce, replaceFile } from '@imprimatur/platform/files';

const ATTEMPTS_MAX = 20;
const FREE = '{}\n';
/** Fields of /proc/<pid>/stat after the name, which may hold spaces itself: the 20th is the time at which the process began. */
const BEGAN_FIELD = 19;

/** Who holds a folder. */
interface Holder {
  readonly pid: number;
  /** When the process began, in ticks since the boot: a pid is given again, the pair is not. Empty where the system does not tell. */
  readonly began: string;
  /** The boot of the machine; another one's processes are not to be seen from here. */
  readonly boot: string;
  readonly token: string;
}

/** The folders that this process holds, and how many of its signers share each: they take turns anyway, as one thread runs them. */
const held = new Map<string, { readonly file: string; users: number }>();

/**
 * One process signs over one memory: two could each sign a branch of their own. The folder has a file `holder.<n>` that names its holder, and whoever
 * takes over makes the next one; of several at once, one makes it. The file of a process that is gone (killed, another boot) does not count. Processes of
 * another machine that shares the folder cannot be seen: a folder that they took is noticed by `isHeld`, before anything more is signed.
 */
export class FolderHold {
  private isReleased = false;

  private constructor(
    private readonly folder: string,
    private readonly file: string,
  ) {}

  /** Throws Fault SIGNER_FOLDER_HELD, which is retryable: another living process has it. */
  static take(path: string): FolderHold {
    const folder = resolve(path);
    const shared = held.get(folder);
    if (shared && existsSync(shared.file)) {
      shared.users += 1;
      return new FolderHold(folder, shared.file);
    }
    const file = claim(folder);
    held.set(folder, { file, users: 1 });
    return new FolderHold(folder, file);
  }

  /** False once another process took the folder over, or this hold was let go. */
  isHeld(): boolean {
    return !this.isReleased && existsSync(this.file);
  }

  /** Lets go once the last signer of this process does. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    const shared = held.get(this.folder);
    if (!shared || shared.file !== this.file) return;
    shared.users -= 1;
    if (shared.users > 0) return;
    held.delete(this.folder);
    // never removed: whoever looked before it was made must not find its number free
    if (existsSync(this.file)) replaceFile(this.file, FREE, 0o600);
  }
}

function claim(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const self: Holder = { pid: process.pid, began: beganAt(process.pid), boot: bootId(), token: toHex(randomBytes(16)) };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const newest = numbersIn(folder).at(-1) ?? 0;
    const holder = newest === 0 ? null : read(fileOf(folder, newest));
    if (holder && isAlive(holder)) throw heldBy(folder, holder);
    const file = fileOf(folder, newest + 1);
    createFileOnce(file, `${JSON.stringify(self)}\n`, 0o600);
    if (read(file)?.token !== self.token) continue; // another one was first
    const numbers = numbersIn(folder);
    if (numbers.at(-1) === newest + 1) {
      for (const number of numbers) if (number <= newest) rmSync(fileOf(folder, number), { force: true });
      return file;
    }
    rmSync(file, { force: true }); // that number had been taken and left behind meanwhile
  }
  throw heldBy(folder, null);
}

const fileOf = (folder: string, number: number): string => join(folder, `holder.${number}`);

function numbersIn(folder: string): readonly number[] {
  const numbers = readdirSync(folder).flatMap((name) => /^holder\.(\d{1,15})$/.exec(name)?.[1] ?? []);
  return numbers.map(Number).sort((one, other) => one - other);
}

/** Null: it is free, or gone, or names nobody. */
function read(file: string): Holder | null {
  try {
    const { pid, began, boot, token } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<keyof Holder, unknown>>;
    return typeof pid === 'number' && typeof began === 'string' && typeof boot === 'string' && typeof token === 'string'
      ? { pid, began, boot, token }
      : null;
  } catch {
    return null; // files of this name are whole or absent: one that is neither was damaged, and nobody can be asked
  }
}

/** Another one than this process, which takes up again what it held. */
function isAlive({ pid, began, boot }: Holder): boolean {
  if (boot !== bootId() || (pid === process.pid && began === beganAt(pid))) return false;
  if (began !== '') return began === beganAt(pid);
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Empty where there is no /proc, or no such process. */
function beganAt(pid: number): string {
  const stat = textOf(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[BEGAN_FIELD] ?? '');
}

function bootId(): string {
  return textOf('/proc/sys/kernel/random/boot_id').trim();
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function heldBy(folder: string, holder: Holder | null): Fault {
  const who = holder ? `process ${holder.pid} signs` : 'other processes sign';
  const message = `${who} from ${folder} already: one memory has one signer. Stop it, or ask it by IMPRIMATUR_SIGNER_SOCKET`;
  return new Fault({ room: 'signing', code: 'SIGNER_FOLDER_HELD', message, retryable: true, safe: true });
}
