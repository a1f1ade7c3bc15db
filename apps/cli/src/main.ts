#!/usr/bin/env node
import { text } from 'node:stream/consumers';
import { SystemClock } from '#libs/messaging';
import { run } from './run.js';

// Whoever reads the output may have seen enough of it, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

// Clocks keep no process alive, and a command that waits between two requests has nothing else that would.
const alive = setInterval(() => undefined, 60_000);

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  clock: new SystemClock(),
  print: (line) => void process.stdout.write(`${line}\n`),
  ...(process.stdout.isTTY && { redraw }),
  warn: (line) => void process.stderr.write(`${line}\n`),
  readInput: () => text(process.stdin),
});

clearInterval(alive);

function redraw(text: string): void {
  process.stdout.write(`\u001b[H\u001b[2J${text}\n`);
}
