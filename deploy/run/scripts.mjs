import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { missingBeforeInstall } from './first-tools.mjs';
import { install, isInstalled } from './install.mjs';
import { node, repository } from './process.mjs';
import { testEverything, testKind } from './test.mjs';

const MISSING_TOOL = 2;

const programs = {
  demo: 'dist/apps/shop/src/demo/main.js',
  bench: 'dist/test/load/bench.js',
  dev: 'dist/apps/shop/src/demo/main.js',
  migrate: 'dist/apps/cli/src/main.js',
};

/** A broker and a database, wherever from; or processes of our own, which fault tests kill and freeze. */
const anyStack = { ownProcesses: false };
const ownStack = { ownProcesses: true };
/** A service in Python that takes part, tools built from Go modules, and certificates. */
const besides = { python: true, go: true, openssl: true };
const everything = { ...ownStack, ...besides };

const scripts = {
  build: { run: () => 0 },
  test: { tools: everything, run: () => testEverything() },
  'test:unit': { isBuilt: false, run: (args) => testKind('unit', args) },
  'test:integration': {
    tools: { ...anyStack, ...besides },
    run: (args) => testKind('integration', args),
  },
  'test:e2e': { tools: everything, run: (args) => testKind('e2e', args) },
  'test:fault': { tools: { ...ownStack, go: true }, run: (args) => testKind('fault', args) },
  demo: { tools: anyStack, run: (args) => node(programs.demo, args) },
  bench: { tools: anyStack, run: (args) => node(programs.bench, args) },
  dev: { tools: anyStack, run: (args) => node(programs.dev, ['--watch', ...args]) },
  migrate: { run: (args) => node(programs.migrate, ['migrate', ...args]) },
};

/** Runs one script, with everything installed and built before, and answers the exit code. */
export async function runScript(name, args) {
  const script = scripts[name];
  if (script === undefined) {
    process.stderr.write(`there is no script ${name}; there are ${Object.keys(scripts).join(', ')}\n`);
    return 64;
  }
  // The demo says itself what it can do without a broker.
  const tools = args.includes('--in-memory') ? undefined : script.tools;
  if (tools && (!isInstalled() || tools.go) && complain(tools, await missingBeforeInstall(tools)))
    return MISSING_TOOL;
  const prepared = (await install()) || (script.isBuilt === false ? 0 : await build());
  if (prepared !== 0) return prepared;
  if (tools && complain(tools, await missingAfterBuild(tools))) return MISSING_TOOL;
  return script.run(args);
}

async function missingAfterBuild(tools) {
  const file = path.join(repository, 'dist', 'deploy', 'local', 'src', 'index.js');
  const { checkTools, describeMissingTool } = await import(pathToFileURL(file).href);
  return (await checkTools(tools)).map(describeMissingTool);
}

function complain({ ownProcesses }, missing) {
  if (missing.length === 0) return false;
  process.stderr.write(`This needs, and does not find:\n${missing.map((each) => `- ${each}\n`).join('')}`);
  if (!ownProcesses)
    process.stderr.write('A container engine that answers, or KAFKA_BROKERS and DATABASE_URL, do instead.\n');
  return true;
}
