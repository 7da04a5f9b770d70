import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '../..');
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  ...readdirSync(join(root, 'docs'), { recursive: true })
    .map((name) => join('docs', String(name)))
    .filter((name) => name.endsWith('.md')),
];

/** Links, and `code` that names a file or folder of this project; `<noun>` and `*` are patterns, not paths. */
function pathsOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '').filter((link) => !/^[a-z]+:/.test(link));
  const code = [...text.matchAll(/`((?:apps|libs|policies|migrations|test|docs|scripts|bin)\/[^`\s]+)`/g)]
    .map((match) => match[1] ?? '')
    .filter((path) => !/[<>*{}]/.test(path));
  return [...links.map((link) => join(dirname(page), link)), ...code];
}

describe('the documentation', () => {
  it.each(pages)('%s names only paths that exist', (page) => {
    expect(pathsOf(page).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('tells npm scripts that exist', () => {
    const scripts = Object.keys(
      (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts,
    );
    const told = pages.flatMap((page) =>
      [...readFileSync(join(root, page), 'utf8').matchAll(/npm run ([a-z:-]+)/g)].map((match) => match[1] ?? ''),
    );
    expect(told.filter((script) => !scripts.includes(script))).toEqual([]);
  });
});
