/**
 * Which part may use which. Dependencies point one way:
 *
 *   apps → nest → adapters → orchestration | participant → saga | messaging
 *
 * `testing` may use every library; only specs and `test` use it.
 */

const ADAPTERS = ['postgres', 'kafka', 'memory', 'participant-postgres', 'observability', 'http-bridge'];

const MAY_USE = {
  saga: [],
  messaging: [],
  orchestration: ['saga', 'messaging'],
  participant: ['saga', 'messaging'],
  ...Object.fromEntries(
    ADAPTERS.map((name) => [name, ['orchestration', 'participant', 'saga', 'messaging']]),
  ),
  nest: [...ADAPTERS, 'orchestration', 'participant', 'saga', 'messaging'],
};

// What only tests use: the specs, and the surroundings they share.
// Specs, what they share, and folders of a library that hold nothing else.
const SPEC = '(\\.(spec|fixture)\\.ts$|^libs/saga/test-[a-z]+/)';
const oneOf = (names) => `(${names.join('|')})`;

/** A library uses itself and what it is allowed to, and nothing else of this repository. */
const arrows = Object.entries(MAY_USE).map(([name, allowed]) => ({
  name: `${name}-uses-only-${allowed.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: `^libs/${name}/`, pathNot: SPEC },
  to: { path: '^(apps|libs|deploy|test)/', pathNot: `^libs/${oneOf([name, ...allowed])}/` },
}));

/** Specs may also use the contract suites and fakes, and the in-memory adapters those stand on. */
const specArrows = Object.entries(MAY_USE).map(([name, allowed]) => ({
  name: `specs-of-${name}-add-only-testing`,
  severity: 'error',
  from: { path: SPEC, pathNot: `^(?!libs/${name}/)` },
  to: {
    path: '^(apps|libs|deploy|test)/',
    pathNot: `^libs/${oneOf([name, ...allowed, 'testing', 'memory'])}/`,
  },
}));

module.exports = {
  forbidden: [
    ...arrows,
    ...specArrows,
    {
      name: 'one-door-a-library',
      comment: 'Another library is used through its index.ts.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'one-door-from-outside',
      severity: 'error',
      from: { path: '^(apps|deploy|test)/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'only-specs-use-fixtures',
      severity: 'error',
      from: { path: '^(apps|libs|deploy)/', pathNot: SPEC },
      to: { path: '\\.fixture\\.ts$' },
    },
    {
      name: 'only-specs-use-testing',
      severity: 'error',
      from: { path: '^(apps|libs|deploy)/', pathNot: [SPEC, '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'testing-uses-only-libraries',
      severity: 'error',
      from: { path: '^libs/testing/' },
      to: { path: '^(apps|deploy|test)/' },
    },
    {
      name: 'apps-stand-alone',
      comment: 'Applications share libraries, not each other.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^(apps|test)/', pathNot: '^apps/$1/' },
    },
    {
      name: 'deploy-is-below-nothing',
      comment:
        'What runs in production does not know how it is started on a developer machine; the demo of the shop does.',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: [SPEC, '^apps/shop/src/demo/'] },
      to: { path: '^deploy/' },
    },
    {
      name: 'deploy-uses-no-application',
      severity: 'error',
      from: { path: '^deploy/' },
      to: { path: '^(apps|test)/' },
    },
    {
      name: 'nest-only-in-apps-and-libs-nest',
      severity: 'error',
      from: { path: '^(libs|deploy|test)/', pathNot: ['^libs/nest/', '^test/'] },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'telemetry-only-in-apps-and-libs-observability',
      severity: 'error',
      from: {
        path: '^(libs|deploy|test)/',
        pathNot: ['^libs/observability/', '^test/harness/automatic-instrumentation\\.mjs$'],
      },
      to: { path: 'node_modules/@opentelemetry/' },
    },
    {
      name: 'saga-uses-no-node',
      comment: 'The language and its engine are pure: no files, no clock, no network.',
      severity: 'error',
      from: { path: '^libs/saga/', pathNot: SPEC },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'saga-uses-four-packages',
      severity: 'error',
      from: { path: '^libs/saga/', pathNot: SPEC },
      to: { path: 'node_modules/', pathNot: 'node_modules/(yaml|ajv|ajv-formats|@marcbachmann/cel-js)/' },
    },
    {
      name: 'drivers-only-in-their-adapters',
      comment: 'No error or type of a driver is seen above its adapter.',
      severity: 'error',
      from: { path: '^libs/(saga|messaging|orchestration|participant|memory|observability|nest)/' },
      to: { path: 'node_modules/(pg|typeorm|kafkajs)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared-packages',
      comment:
        'A package that is used stands in package.json; what production runs is not a development dependency.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [SPEC, '^libs/testing/'] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|\\.skald)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
