import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault, fromBase64, toBase64 } from '@imprimatur/kernel';
import { replaceFile } from '@imprimatur/platform/files';

/** A tree head as it is remembered. */
export interface RememberedHead {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * What was signed last for each log, in files outside the database: durable before a signature leaves the house. A file that cannot be read is
 * a fault, never a fresh start: a signer without memory would sign a rewritten log.
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
  remember({ origin, size, root }: RememberedHead): void {
    replaceFile(this.file(origin), JSON.stringify({ origin, size, root: toBase64(root) }), 0o600);
  }

  private file(origin: string): string {
    return join(this.folder, `${hash('sha256', origin)}.json`);
  }
}

function read(file: string): RememberedHead {
  try {
    const { origin, size, root: text } = JSON.parse(readFileSync(file, 'utf8')) as { origin: string; size: number; root: string };
    const root = fromBase64(text);
    if (typeof origin === 'string' && Number.isSafeInteger(size) && root.length === 32) return { origin, size, root };
  } catch (cause) {
    throw broken(file, cause);
  }
  throw broken(file, undefined);
}

function broken(file: string, cause: unknown): Fault {
  const message = `${file} is not what a signer remembered: restore it from a backup, never delete it`;
  return new Fault({ room: 'signing', code: 'SIGNER_MEMORY_BROKEN', message, safe: true, cause });
}
