import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationOrigin } from '@imprimatur/formats/ledger';
import { Fault } from '@imprimatur/kernel';
import { replaceFile } from '@imprimatur/platform/files';

/**
 * Which installations' logs go on under which other one's, in a file beside the signer's keys. A database from before a succession would let the
 * old origin grow again, out of all that it ever signed, and nobody would see that the entries of its successor are gone.
 */
export class RetiredOrigins {
  private readonly file: string;
  private readonly successors: Map<string, string>;

  constructor(folder: string) {
    this.file = join(folder, 'retired.json');
    this.successors = new Map(Object.entries(read(this.file)));
  }

  /** Idempotent; on disk when this returns. Both are `<name>/<installation>`. Throws Fault SUCCESSION_CIRCULAR: such a chain could revive an origin. */
  retire(installation: string, successor: string): void {
    if (this.successors.get(installation) === successor) return;
    if (successor === installation || this.successorsOf(successor).includes(installation)) throw circular(installation, successor);
    this.successors.set(installation, successor);
    replaceFile(this.file, `${JSON.stringify(Object.fromEntries(this.successors), null, 2)}\n`, 0o600);
  }

  /** The installations under which the logs of this one went on, one after the other; the last is the present one. Empty: it was never succeeded. */
  successorsOf(installation: string): readonly string[] {
    const seen = new Set<string>([installation]);
    for (let next = this.successors.get(installation); next !== undefined && !seen.has(next); next = this.successors.get(next))
      seen.add(next);
    return [...seen].slice(1);
  }

  /** The present one for a log; null: its origin is in use. */
  successorOfLog(origin: string): string | null {
    const installation = installationOrigin(origin);
    return installation === null ? null : (this.successorsOf(installation).at(-1) ?? null);
  }
}

function read(file: string): Record<string, string> {
  if (!existsSync(file)) return {};
  try {
    const state: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof state === 'object' && state !== null && Object.values(state).every((value) => typeof value === 'string'))
      return state as Record<string, string>;
  } catch (cause) {
    throw broken(file, cause);
  }
  throw broken(file, undefined);
}

function circular(installation: string, successor: string): Fault {
  const message = `${installation} cannot go on under ${successor}, which goes on under it`;
  return new Fault({ room: 'ledger', code: 'SUCCESSION_CIRCULAR', message, safe: true });
}

function broken(file: string, cause: unknown): Fault {
  const message = `${file} is not what a signer remembered: restore it from a backup, never delete it`;
  return new Fault({ room: 'ledger', code: 'SIGNER_MEMORY_BROKEN', message, safe: true, cause });
}
