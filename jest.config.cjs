const { availableParallelism } = require('node:os');

// Nest 12 and friends are ESM-only. Jest can require() ES modules natively only from Node 24.9, so @swc/jest compiles our
// TypeScript and the ESM packages below to CommonJS; mocks and coverage work as usual on both supported Node lines.
// "Must use import to load ES Module: node_modules/X" means: add X to `esm`.
const esm = [
  '@nestjs',
  '@apollo',
  '@as-integrations',
  '@graphql-tools',
  '@whatwg-node',
  '@borewit',
  '@tokenizer',
  '@noble',
  '@scure',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  'load-esm',
  'jose',
  'oidc-provider',
  'graphql-ws',
  'canonicalize',
  'uuid',
  'culori',
  'exif-reader',
  '@adobe/json-formula',
  'rate-limiter-flexible',
  'eta',
  'jsesc',
  'quick-lru',
  'nanoid',
  'koa',
  '@koa',
  'oidc-token-hash',
  'raw-body',
  'got',
  '@trustnxt',
  '@peculiar',
  'pkijs',
  'bytestreamjs',
  'pvtsutils',
  'pvutils',
  'asn1js',
  'fast-check',
  'pure-rand',
];
const swc = (syntax) => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      parser: { syntax, decorators: true, dynamicImport: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
    swcrc: false,
  },
];
const room = (name, match) => ({
  displayName: name,
  rootDir: __dirname,
  testEnvironment: 'node',
  // without 'module-sync', which would pick .mjs files that jest cannot load on Node 20
  testEnvironmentOptions: { customExportConditions: ['node', 'node-addons', 'require', 'default'] },
  moduleFileExtensions: ['js', 'mjs', 'json', 'ts'],
  testMatch: match,
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.imprimatur'],
  transform: { '^.+\\.ts$': swc('typescript'), '^.+\\.m?js$': swc('ecmascript') },
  transformIgnorePatterns: [`/node_modules/(?!(${esm.join('|')})/)`],
  moduleNameMapper: {
    '^@imprimatur/(.+)$': '<rootDir>/libs/$1/src/index.ts',
    '^canonicalize$': '<rootDir>/node_modules/canonicalize/lib/canonicalize.js',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
});

/** `npm run test:unit` needs neither a database nor a build; the rest runs on a really migrated PostgreSQL and on `dist`. */
module.exports = {
  // also on two cores: half of the time is spent waiting, for PostgreSQL and for processes that start
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // a hang, and no measure of speed: machines that do other things at the same time are many times slower
  testTimeout: 180_000,
  projects: [
    room('unit', ['<rootDir>/{apps,libs,policies}/**/*.spec.ts', '<rootDir>/test/house/**/*.spec.ts', '<rootDir>/scripts/**/*.spec.mjs']),
    {
      ...room('integration', ['<rootDir>/test/{integration,contract,golden,e2e,faults}/**/*.spec.ts']),
      globalSetup: '<rootDir>/test/support/global-setup.cjs',
      globalTeardown: '<rootDir>/test/support/global-teardown.cjs',
    },
  ],
};
