/** Runs a Python program as a child that ends with this process: `run-python.mjs <python> <program> [argument…]`. */
import { spawn } from 'node:child_process';
import process from 'node:process';

const [python, ...args] = process.argv.slice(2);
const child = spawn(python, args, { stdio: ['ignore', 'inherit', 'inherit'] });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
