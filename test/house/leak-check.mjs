import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { TestEnvironment } from 'jest-environment-node';

/** What a test has to stop itself. Files and look-ups end by themselves. */
const WATCHED = ['ProcessWrap', 'TCPServerWrap', 'TCPSocketWrap', 'Worker'];
const PATIENCE_MS = 10_000;

/** Node's test environment; fails a test file that leaves processes, sockets or servers behind. */
export default class LeakCheck extends TestEnvironment {
  async setup() {
    await super.setup();
    this.before = census();
  }

  async teardown() {
    const left = await leftOver(this.before);
    await super.teardown();
    if (left.length > 0) throw new Error(`left running after the tests of this file: ${left.join(', ')}`);
  }
}

/** Sockets need a moment to close, so what is left is looked at until nothing is or patience ends. */
async function leftOver(before) {
  for (let waited = 0; ; waited += 50) {
    const left = excess(before, census());
    if (left.length === 0 || waited >= PATIENCE_MS) return left;
    await pause(50, undefined, { ref: false });
  }
}

function excess(before, now) {
  return WATCHED.filter((kind) => (now.get(kind) ?? 0) > (before.get(kind) ?? 0)).map(
    (kind) => `${now.get(kind) - (before.get(kind) ?? 0)} ${kind}`,
  );
}

function census() {
  const counts = new Map();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
