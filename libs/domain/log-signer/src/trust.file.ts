import { existsSync, readFileSync } from 'node:fs';
import { replaceFile } from '@imprimatur/platform/files';

/** Verifier keys of logs, one a line: what an installation's own tools trust. Lines are added and never taken away. */
export class TrustFile {
  constructor(private readonly file: string) {}

  vkeys(): readonly string[] {
    return this.text()
      .split('\n')
      .filter((line) => line !== '');
  }

  /** On disk when this returns. */
  add(vkeys: readonly string[]): void {
    const before = this.text();
    const known = new Set(before.split('\n'));
    const missing = vkeys.filter((vkey) => !known.has(vkey));
    if (missing.length > 0) replaceFile(this.file, `${before}${missing.map((vkey) => `${vkey}\n`).join('')}`, 0o644);
  }

  private text(): string {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
  }
}
