const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
    },
    module: { type: 'es6' },
  },
];

const base = {
  testEnvironment: '<rootDir>/test/house/leak-check.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  moduleNameMapper: { '^#libs/([^/]+)$': '<rootDir>/libs/$1/src/index.ts', '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.skald/'],
};

/** How fast something goes, or how soon it is told, is what these judge: nothing else may take the machine meanwhile. */
const alone = 'alerts|endless-feed';

const e2e = {
  ...base,
  globalSetup: '<rootDir>/test/e2e/shared-stack.start.mjs',
  globalTeardown: '<rootDir>/test/e2e/shared-stack.stop.mjs',
};

const unitTests = [
  'libs/**/*.spec.ts',
  'apps/**/*.spec.ts',
  'deploy/local/**/*.spec.ts',
  'test/load/**/*.spec.ts',
];

/** One Jest project a kind of test, so that a script runs exactly one of them. */
export default {
  coverageProvider: 'v8',
  maxWorkers: 2,
  // Jest takes this for all projects or not at all. Starting a coordinator takes a second, and several on a machine that is
  // busy; a file whose tests take longer says so itself.
  testTimeout: 60_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: unitTests.map((pattern) => `<rootDir>/${pattern}`),
    },
    {
      ...base,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.int.spec.ts'],
      globalSetup: '<rootDir>/test/integration/shared-stack.start.mjs',
      globalTeardown: '<rootDir>/test/integration/shared-stack.stop.mjs',
    },
    {
      ...e2e,
      displayName: 'e2e',
      testMatch: [`<rootDir>/test/e2e/!(${alone}).e2e.spec.ts`],
    },
    {
      ...e2e,
      displayName: 'e2e-alone',
      testMatch: [`<rootDir>/test/e2e/(${alone}).e2e.spec.ts`],
    },
    {
      ...base,
      displayName: 'fault',
      testMatch: ['<rootDir>/test/fault/**/*.fault.spec.ts'],
    },
  ],
};
