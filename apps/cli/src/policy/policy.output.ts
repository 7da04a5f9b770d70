import { join } from 'node:path';
import type { BundleProblem, GoldenFailure } from '@imprimatur/formats/policy';
import { plural } from '../plural.js';
import { jsonLine } from '../verify.output.js';

/** Lines to standard output, with a newline at the end of each. */
export function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

export function printJson(value: Readonly<Record<string, unknown>>): void {
  print([jsonLine(value)]);
}

/** `starter/rules/usage.cedar:12: usage.rate: ... [RULE_INVALID]`: the beginning is what editors and terminals jump to. */
export function problemLine(folder: string, { code, where, line, message }: BundleProblem): string {
  const { file, rest } = placeOf(where);
  const place = join(folder, file) + (line === undefined ? '' : `:${line}`);
  return `${place}: ${rest === '' ? '' : `${rest}: `}${message} [${code}]`;
}

export interface ProblemAsJson {
  readonly code: string;
  readonly file: string;
  readonly line: number | null;
  /** Rule or field, where there is one. */
  readonly about: string | null;
  readonly message: string;
}

export function problemAsJson({ code, where, line, message }: BundleProblem): ProblemAsJson {
  const { file, rest } = placeOf(where);
  return { code, file, line: line ?? null, about: rest === '' ? null : rest, message };
}

/** One line: where, which test, what came out and what should have. */
export function failureLine(folder: string, { test: { file, line, rule, kind, name }, differences }: GoldenFailure): string {
  return `${join(folder, file)}:${line}: ${rule}, ${kind} '${name}': ${differences.join('; ')}`;
}

/** Says that the bundle cannot be worked with; answers the exit code. */
export function tellFaulty(folder: string, problems: readonly BundleProblem[], json: boolean): number {
  if (json) printJson({ outcome: 'bad', words: faulty(problems), problems: problems.map(problemAsJson) });
  else print([...problems.map((problem) => problemLine(folder, problem)), `${folder}: faulty. ${faulty(problems)}`]);
  return 1;
}

function faulty(problems: readonly BundleProblem[]): string {
  return `${plural(problems.length, 'fault')} found; a bundle is taken whole or not at all.`;
}

function placeOf(where: string): { readonly file: string; readonly rest: string } {
  const at = where.indexOf(', ');
  return at < 0 ? { file: where, rest: '' } : { file: where.slice(0, at), rest: where.slice(at + 2) };
}
