// Compiles apps, libs and migrations to dist/ with swc (types are checked by `npm run typecheck`, not here) and copies the
// .graphql and .html files beside them. Only files whose content changed are compiled, so a second run takes a moment.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform, version } from '@swc/core';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, '.cache', 'build.json');
const COMPILED = /(?<!\.spec|\.d)\.ts$/;
const COPIED = /\.(graphql|html|svg|css|sql)$/;

const options = {
  swcrc: false,
  sourceMaps: true,
  cwd: root,
  module: { type: 'commonjs', resolveFully: true, ignoreDynamic: true },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
    baseUrl: root,
    paths: { '@imprimatur/*': ['libs/*/src'] },
  },
};

function sourceFiles() {
  return ['apps', 'libs', 'migrations'].flatMap((top) =>
    existsSync(join(root, top)) ? readdirSync(join(root, top), { recursive: true }).map((name) => join(top, String(name))) : [],
  );
}

async function build() {
  const key = createHash('sha256')
    .update(version + JSON.stringify(options))
    .digest('hex');
  let previous = {};
  try {
    previous = JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    // no stamp, or an unreadable one: build everything
  }
  if (previous.key !== key || !existsSync(join(root, 'dist'))) previous = { key, files: {} };
  const files = {};
  for (const file of sourceFiles()) {
    const compiled = COMPILED.test(file);
    if (!compiled && !COPIED.test(file)) continue;
    const source = readFileSync(join(root, file));
    const digest = createHash('sha256').update(source).digest('hex');
    const target = join(root, 'dist', compiled ? file.replace(/\.ts$/, '.js') : file);
    files[file] = digest;
    if (previous.files[file] === digest && existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    if (!compiled) {
      writeFileSync(target, source);
      continue;
    }
    const { code, map } = await transform(source.toString('utf8'), {
      ...options,
      filename: join(root, file),
      sourceFileName: join(root, file),
    });
    writeFileSync(target, `${code}\n//# sourceMappingURL=${target.split(/[\\/]/).pop()}.map\n`);
    writeFileSync(`${target}.map`, map ?? '');
  }
  for (const gone of Object.keys(previous.files)) {
    if (gone in files) continue;
    const target = join(root, 'dist', gone.replace(/\.ts$/, '.js'));
    rmSync(target, { force: true });
    rmSync(`${target}.map`, { force: true });
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ key, files }));
}

await build();
