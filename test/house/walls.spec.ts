import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { FORBIDDEN_NAMES, PHRASES, POWERS, ROOMS, type Wall } from './walls';

const root = join(__dirname, '../..');
const sources = ['apps', 'libs', 'migrations'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true })
    .map((name) => join(top, String(name)).replaceAll('\\', '/'))
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts')),
);
const production = sources.filter((name) => !/\.spec\.tsx?$/.test(name));

/** `libs/domain/consent/src/x.ts` is in room `domain/consent`; `apps/api/src/x.ts` in `apps/api`. */
function roomOf(file: string): string {
  const [top, first, second] = file.split('/');
  if (top === 'apps') return `apps/${first}`;
  if (first === 'kernel') return 'kernel';
  return `${first}/${second}`;
}

function wallOf(room: string): Wall | undefined {
  return ROOMS[room] ?? ROOMS[room.split('/')[0] ?? ''];
}

function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true).importedFiles.map((found) => found.fileName);
}

/** The room that an import reaches, or null when it names a package or stays in its own folder. */
function roomReached(file: string, target: string): string | null {
  if (target.startsWith('@imprimatur/'))
    return target
      .slice('@imprimatur/'.length)
      .split('/')
      .slice(0, target.startsWith('@imprimatur/kernel') ? 1 : 2)
      .join('/');
  if (target.startsWith('.')) return roomOf(normalize(join(dirname(file), target)).replaceAll('\\', '/'));
  return null;
}

const allows = (wall: Wall, room: string): boolean =>
  wall.may.some((may) => may === room || (may.endsWith('/*') && room.startsWith(may.slice(0, -1))));

describe('the walls of the house', () => {
  it('has sources to look at', () => {
    expect(production.length).toBeGreaterThan(50);
  });

  it('knows every room', () => {
    const unknown = [...new Set(production.filter((file) => !file.startsWith('migrations/')).map(roomOf))].filter(
      (room) => wallOf(room) === undefined,
    );
    expect(unknown).toEqual([]);
  });

  it('lets imports only fall', () => {
    const broken: string[] = [];
    for (const file of production) {
      if (file.startsWith('migrations/')) continue;
      const room = roomOf(file);
      const wall = wallOf(room);
      for (const target of importsOf(file)) {
        const reached = roomReached(file, target);
        if (reached === null || reached === room || (wall && allows(wall, reached))) continue;
        broken.push(`${file} imports ${target}: ${room} may import ${wall?.may.join(', ') || 'nothing'}, because ${wall?.why}.`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('enters a room only by its face', () => {
    const broken = production.flatMap((file) =>
      importsOf(file)
        .filter((target) => /^@imprimatur\/(kernel|[^/]+\/[^/]+)\/.+/.test(target) && !/^@imprimatur\/[^/]+\/[^/]+$/.test(target))
        .map((target) => `${file} imports ${target}: import the room itself; what its index.ts does not name is not yours to use.`),
    );
    expect(broken).toEqual([]);
  });

  it('never imports its own face from inside', () => {
    const broken = production.flatMap((file) =>
      importsOf(file)
        .filter(
          (target) =>
            file.startsWith('libs/') && (target === './index.js' || target === '../index.js' || target === `@imprimatur/${roomOf(file)}`),
        )
        .map((target) => `${file} imports ${target}: import the file beside it, or the room becomes one circle.`),
    );
    expect(broken).toEqual([]);
  });

  it('has no circles of files', () => {
    const graph = new Map(
      production.map((file) => [
        file,
        importsOf(file)
          .filter((target) => target.startsWith('.'))
          .map((target) =>
            normalize(join(dirname(file), target))
              .replaceAll('\\', '/')
              .replace(/\.js$/, '.ts'),
          )
          .filter((target) => production.includes(target)),
      ]),
    );
    expect(circles(graph)).toEqual([]);
  });

  it('keeps each power in its home', () => {
    const broken = production.flatMap((file) =>
      importsOf(file).flatMap((target) =>
        POWERS.filter((power) => power.packages.test(target) && !power.homes.some((home) => home.test(file))).map(
          (power) => `${file} imports ${target}: ${power.instead}.`,
        ),
      ),
    );
    expect(broken).toEqual([]);
  });

  it('keeps the environment, the clock and random ids in their homes', () => {
    const broken = production.flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return PHRASES.filter(({ phrase, homes }) => phrase.test(text) && !homes.some((home) => home.test(file))).map(
        ({ phrase, instead }) => `${file} says ${String(phrase)}: ${instead}.`,
      );
    });
    expect(broken).toEqual([]);
  });

  it('names files noun.role.ts, in kebab-case, with none of the names that mean nothing', () => {
    const badNames = sources.filter(
      (file) => FORBIDDEN_NAMES.test(file) || !/^[a-z0-9]+([-.][a-z0-9]+)*\.tsx?$/.test(file.split('/').at(-1) ?? ''),
    );
    expect(badNames).toEqual([]);
  });
});

function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, 'open' | 'closed'>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'closed') return;
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' > '));
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'closed');
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
