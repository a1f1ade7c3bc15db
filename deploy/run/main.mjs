#!/usr/bin/env node
// The entry of the npm scripts that have to work in a bare clone: nothing is installed or built yet when it starts,
// so it and everything below this folder uses Node alone, and this file parses on old versions too.
import process from 'node:process';

const OLDEST_NODE = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(
    `Skald needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.\n`,
  );
  process.exit(2);
}

const { runScript } = await import('./scripts.mjs');
// Not by the exit code alone: the timer of a question to a program that does not exist would be waited for.
process.exit(await runScript(process.argv[2], process.argv.slice(3)));
