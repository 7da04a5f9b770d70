import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { loadBundle, type Bundle, type BundleFiles, type BundleProblem } from '@imprimatur/formats/policy';
import { UsageError } from '../usage.error.js';
import type { Engine } from './policy.engine.js';

/** Far above any bundle: a folder that holds more was given by mistake. */
const MOST_FILES = 500;
const MOST_BYTES = 16 * 1024 * 1024;

export interface BundleFolder {
  readonly files: BundleFiles;
  /** Files that are no text; they are not among `files`. */
  readonly problems: readonly BundleProblem[];
}

export type LoadedFolder =
  | { readonly bundle: Bundle; readonly files: BundleFiles; readonly problems: null }
  | { readonly bundle: null; readonly files: BundleFiles; readonly problems: readonly BundleProblem[] };

/** Reads every file below `folder`, but those that `skip` names. Throws UsageError when it cannot, or when there is no bundle. */
export async function readBundleFolder(folder: string, skip?: RegExp): Promise<BundleFolder> {
  const files: Record<string, string> = {};
  const problems: BundleProblem[] = [];
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const paths = (await orUsage(pathsBelow(folder))).filter((path) => skip?.test(path) !== true);
  if (!paths.some((path) => path === 'bundle.yaml' || path.startsWith('rules/')))
    throw new UsageError(`${folder} holds no policy bundle: neither bundle.yaml nor rules/ is in it`);
  let left = MOST_BYTES;
  for (const path of paths) {
    const bytes = await orUsage(readFile(join(folder, path)));
    left -= bytes.length;
    if (left < 0) throw new UsageError(`${folder} holds more than ${MOST_BYTES} bytes: that is no policy bundle`);
    try {
      files[path] = decoder.decode(bytes);
    } catch {
      problems.push({ code: 'BUNDLE_DATA_INVALID', where: path, message: 'not UTF-8 text' });
    }
  }
  return { files, problems };
}

/** Reads a folder and everything in it: the bundle, or all that is wrong with it. */
export async function loadFolder(folder: string, engine: Engine, skip?: RegExp): Promise<LoadedFolder> {
  const { files, problems } = await readBundleFolder(folder, skip);
  const loaded = loadBundle(files, engine);
  if (loaded.ok && problems.length === 0) return { bundle: loaded.value, files, problems: null };
  // a file that is no text is missing from what was loaded, and would be reported twice
  const illegible = new Set(problems.map(({ where }) => where));
  const others = loaded.ok ? [] : loaded.refusal.problems.filter(({ where }) => !illegible.has(where));
  return { bundle: null, files, problems: [...problems, ...others].sort(byPlace) };
}

function byPlace(a: BundleProblem, b: BundleProblem): number {
  const [from, to] = [a, b].map(({ where }) => where.split(',', 1)[0] ?? '');
  return from === to ? (a.line ?? 0) - (b.line ?? 0) : (from ?? '') < (to ?? '') ? -1 : 1;
}

/** Paths with `/`, sorted. Links and devices are refused: what they lead to can change while the bundle does not. */
async function pathsBelow(folder: string): Promise<readonly string[]> {
  if (!(await stat(folder)).isDirectory()) throw new UsageError(`${folder} is no folder`);
  const paths: string[] = [];
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile()) paths.push(relative(folder, path).replaceAll('\\', '/'));
      else throw new UsageError(`${path} is neither a file nor a folder: a bundle holds plain files only`);
      if (paths.length + waiting.length > MOST_FILES)
        throw new UsageError(`${folder} holds more than ${MOST_FILES} files: that is no bundle`);
    }
  }
  return paths.sort();
}

async function orUsage<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
