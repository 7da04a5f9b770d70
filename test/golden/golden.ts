import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What is kept, or null before the first time. */
export function readGolden(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** Compares with what is kept; `UPDATE_GOLDEN=1` keeps `text` instead, for the difference to be read in review. */
export function expectGolden(file: string, text: string): void {
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
  expect(text).toBe(readGolden(file));
}
