// Makes a base image out of this machine's Node: for where no image registry can be reached.
// Usage: node deploy/image/node-base.mjs FOLDER, then `docker import` or `buildah add` the folder; see README.md.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** What the steps of the Dockerfile and npm call. */
const TOOLS = ['sh', 'env', 'mkdir', 'mv', 'cp', 'rm', 'ls', 'cat', 'tar', 'gzip'];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const ACCOUNTS = 'root:x:0:0:root:/root:/bin/sh\nskald:x:65532:65532:skald:/app:/bin/sh\n';

const target = process.argv[2];
if (target === undefined || process.platform !== 'linux') {
  process.stderr.write('usage, on Linux: node deploy/image/node-base.mjs FOLDER\n');
  process.exit(64);
}
const root = path.resolve(target);

for (const folder of ['bin', 'etc', 'root', 'tmp', 'usr/local/bin', 'usr/local/lib/node_modules']) {
  mkdirSync(path.join(root, folder), { recursive: true });
}
chmodSync(path.join(root, 'tmp'), 0o1777);
program(process.execPath, 'usr/local/bin/node');
for (const tool of TOOLS) program(find(tool), `bin/${tool}`);
const npm = path.resolve(path.dirname(realpathSync(find('npm'))), '..');
cpSync(npm, path.join(root, 'usr/local/lib/node_modules/npm'), { recursive: true, dereference: true });
symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(root, 'usr/local/bin/npm'));
mkdirSync(path.join(root, 'usr/bin'), { recursive: true });
symlinkSync('/bin/env', path.join(root, 'usr/bin/env'));
writeFileSync(path.join(root, 'etc/passwd'), ACCOUNTS);
writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\nskald:x:65532:\n');
if (existsSync(CERTIFICATES)) file(CERTIFICATES, CERTIFICATES);
process.stdout.write(`${root}\n`);

function find(name) {
  return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
}

/** A program with every library it is linked to, each at the path where the linker looks for it. */
function program(from, to) {
  file(realpathSync(from), to);
  const linked = execFileSync('ldd', [realpathSync(from)], { encoding: 'utf8' });
  for (const [library] of linked.matchAll(/\/\S+/g)) file(realpathSync(library), library);
}

function file(from, to) {
  const copy = path.join(root, to);
  mkdirSync(path.dirname(copy), { recursive: true });
  copyFileSync(from, copy);
}
