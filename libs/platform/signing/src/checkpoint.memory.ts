import { hash } from 'node:crypto';
import { closeSync, existsSync, fdatasyncSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { assert, Fault, fromBase64, toBase64 } from '@imprimatur/kernel';
import { replaceFile } from '@imprimatur/platform/files';

/** Of each of the two lines in a file: one block of a disk, so that a write touches one of them only. */
const SLOT_BYTES = 4_096;
const SLOTS = 2;

/** A tree head as it is remembered. */
export interface RememberedHead {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** One line of a file. */
interface Slot extends RememberedHead {
  /** Counts writes; the line with the higher one is the memory. */
  readonly turn: number;
}

/**
 * What was signed last for each log, in files outside the database: durable before a signature leaves the house. A file that cannot be read is
 * a fault, never a fresh start: a signer without memory would sign a rewritten log.
 *
 * A file has two lines of one size, written in turns and in place: the disk is waited for once, and a write that a crash tore leaves the
 * other line, which is what was signed last, because the torn one's signature was never let out.
 */
export class CheckpointMemory {
  constructor(private readonly folder: string) {}

  /** Null: nothing was signed for this log. Throws Fault SIGNER_MEMORY_BROKEN. */
  last(origin: string): RememberedHead | null {
    const file = this.file(origin);
    if (!existsSync(file)) return null;
    const head = read(file);
    if (head.origin !== origin) throw broken(file, undefined);
    return head;
  }

  /** Everything that is remembered, in no order. Throws Fault SIGNER_MEMORY_BROKEN. */
  all(): readonly RememberedHead[] {
    if (!existsSync(this.folder)) return [];
    const files = readdirSync(this.folder).filter((file) => file.endsWith('.json'));
    return files.map((file) => read(join(this.folder, file)));
  }

  /** On disk when this returns. */
  remember(head: RememberedHead): void {
    const file = this.file(head.origin);
    const before = existsSync(file) ? slots(file) : [];
    const turn = 1 + Math.max(0, ...before.map((slot) => slot.turn));
    if (before.length === SLOTS) return writeInPlace(file, line({ ...head, turn }), (turn % SLOTS) * SLOT_BYTES);
    // new, torn, or of an older version: both lines at once, the newer in the place of its turn
    const odd = turn + (1 - (turn % SLOTS));
    replaceFile(file, line({ ...head, turn: odd - 1 }) + line({ ...head, turn: odd }), 0o600);
  }

  private file(origin: string): string {
    return join(this.folder, `${hash('sha256', origin)}.json`);
  }
}

function read(file: string): RememberedHead {
  const [newest] = [...slots(file)].sort((one, other) => other.turn - one.turn);
  if (!newest) throw broken(file, undefined);
  const { origin, size, root } = newest;
  return { origin, size, root };
}

/** The lines that are whole: two, or one that a crash left beside a torn one. Throws Fault SIGNER_MEMORY_BROKEN when none is. */
function slots(file: string): readonly Slot[] {
  try {
    const whole = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((text) => slotIn(text) ?? []);
    if (whole.length > 0) return whole;
  } catch (cause) {
    throw broken(file, cause);
  }
  throw broken(file, undefined);
}

/** Null for a line that is not what was written; one without a check is of a version before the two lines. */
function slotIn(text: string): Slot | null {
  try {
    const {
      turn = 0,
      origin,
      size,
      root,
      check,
    } = JSON.parse(text) as { turn?: number; origin: string; size: number; root: string; check?: string };
    const bytes = fromBase64(root);
    const isWhole = check === undefined ? turn === 0 : check === checkOf({ turn, origin, size, root: bytes });
    return isWhole && typeof origin === 'string' && Number.isSafeInteger(size) && bytes.length === 32
      ? { turn, origin, size, root: bytes }
      : null;
  } catch {
    return null; // torn
  }
}

function line(slot: Slot): string {
  const { turn, origin, size, root } = slot;
  const text = JSON.stringify({ turn, origin, size, root: toBase64(root), check: checkOf(slot) });
  assert(Buffer.byteLength(text) < SLOT_BYTES, 'an origin is short');
  return `${text}${' '.repeat(SLOT_BYTES - 1 - Buffer.byteLength(text))}\n`;
}

function checkOf({ turn, origin, size, root }: Slot): string {
  return hash('sha256', `${turn}\n${origin}\n${size}\n${toBase64(root)}`);
}

function writeInPlace(file: string, text: string, position: number): void {
  const handle = openSync(file, 'r+');
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at, bytes.length - at, position + at);
    fdatasyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function broken(file: string, cause: unknown): Fault {
  const message = `${file} is not what a signer remembered: restore it from a backup, never delete it`;
  return new Fault({ room: 'signing', code: 'SIGNER_MEMORY_BROKEN', message, safe: true, cause });
}
