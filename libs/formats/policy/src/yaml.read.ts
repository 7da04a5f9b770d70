import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { BundleFiles, BundleProblem } from './bundle.files.js';

type Path = readonly PropertyKey[];

/** One YAML file that was read, and where in it things stand. */
export interface YamlFile<T> {
  readonly value: T;
  /** The line (from 1) of what stands at `path`, or of the nearest thing around it that is there. */
  readonly lineOf: (path: Path) => number;
}

/** Parses and checks one YAML file (YAML 1.2, no aliases, no repeated keys); null when it is missing or wrong. */
export function readYaml<S extends z.ZodType>(files: BundleFiles, path: string, schema: S, problems: BundleProblem[]): z.output<S> | null {
  const read = readYamlFile(files, path, schema, problems);
  return read === null ? null : read.value;
}

/** The same, for callers that tell lines themselves. */
export function readYamlFile<S extends z.ZodType>(
  files: BundleFiles,
  path: string,
  schema: S,
  problems: BundleProblem[],
): YamlFile<z.output<S>> | null {
  const text = files[path];
  if (text === undefined) {
    problems.push({ code: 'BUNDLE_FILE_MISSING', where: path, message: 'the bundle has no such file' });
    return null;
  }
  const counter = new LineCounter();
  const lines = new Set<number>();
  const complain = (message: string, line: number, where: string = path): void => {
    lines.add(line);
    problems.push({ code: 'BUNDLE_DATA_INVALID', where, line, message });
  };
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true, strict: true });
  for (const { message, pos } of document.errors) {
    const { line } = counter.linePos(pos[0]);
    // one mistake is often met again by the parser on the same line
    if (!lines.has(line)) complain(`not YAML: ${message}`, line);
  }
  if (document.errors.length > 0) return null;
  let plain: unknown;
  try {
    plain = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    complain(`not YAML: ${error instanceof Error ? error.message : String(error)}`, 1);
    return null;
  }
  const lineOf = (at: Path): number => counter.linePos(offsetOf(document, at)).line;
  const parsed = schema.safeParse(plain);
  if (parsed.success) return { value: parsed.data, lineOf };
  for (const issue of parsed.error.issues) {
    // a key that nobody knows is an issue of the record around it
    const at = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
    complain(issue.message, lineOf(at), [path, ...issue.path].join(', '));
  }
  return null;
}

/** Where the deepest part of `path` that is there begins: the key where it is a field, else the value. */
function offsetOf(document: Document, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const last = path[depth - 1];
    if (isMap(parent)) {
      const key = parent.items.map((pair) => pair.key).find((each) => isScalar(each) && String(each.value) === String(last));
      if (isNode(key) && key.range) return key.range[0];
      continue;
    }
    const value = document.getIn(path.slice(0, depth), true);
    if (isNode(value) && value.range) return value.range[0];
  }
  const { contents } = document;
  return isNode(contents) && contents.range ? contents.range[0] : 0;
}
