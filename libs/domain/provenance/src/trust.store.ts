import { existsSync, readFileSync } from 'node:fs';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { type LogKey, parseVkey } from '@imprimatur/formats/merkle';

/** What a verifier believes before it sees a file. */
export interface Trust {
  /** PEM; null: no issuer is known. */
  readonly trustAnchorsPem: string | null;
  /** C2SP verifier keys of logs, one each. */
  readonly logVkeys: readonly string[];
}

/** This installation's own: `<home>/trust/anchors.pem` and `<home>/trust/logs.vkey`. Read each time: a new log pins its key while we run. */
export class TrustStore {
  constructor(private readonly home: string) {}

  read(): Trust {
    const logs = this.file('logs.vkey') ?? '';
    return { trustAnchorsPem: this.file('anchors.pem'), logVkeys: logs.split('\n').filter((line) => line.trim() !== '') };
  }

  private file(name: string): string | null {
    const path = join(this.home, 'trust', name);
    return existsSync(path) ? readFileSync(path, 'utf8') : null;
  }
}

/** Those that are verifier keys; an unreadable line counts for nothing. */
export function logKeysOf({ logVkeys }: Trust): readonly LogKey[] {
  return logVkeys.flatMap((vkey) => parseVkey((bytes) => hash('sha256', bytes, 'buffer'), vkey) ?? []);
}
