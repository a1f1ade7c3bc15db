// Lays into a folder what the image holds: the package as it is published, what it needs in production, and the list of
// that, a software bill of materials by CycloneDX. Usage, from the root of the repository, after `npm run build`:
// node deploy/image/app-folder.mjs FOLDER
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

// Optional is only the database for development, 60 MB; production has its own.
const PRODUCTION = ['--omit=dev', '--omit=optional'];

const target = process.argv[2];
if (target === undefined || (existsSync(target) && readdirSync(target).length > 0)) {
  process.stderr.write('usage: node deploy/image/app-folder.mjs NEW-OR-EMPTY-FOLDER\n');
  process.exit(64);
}
const folder = path.resolve(target);
mkdirSync(folder, { recursive: true });
layPackage();
layDependencies();
writeFileSync(path.join(folder, 'sbom.cdx.json'), text(billOfMaterials()));

/** What is packed is what is published: no sources, no specs, no tools. */
function layPackage() {
  npm('.', 'pack', '--ignore-scripts', `--pack-destination=${folder}`);
  const packed = path.join(
    folder,
    readdirSync(folder).find((file) => file.endsWith('.tgz')),
  );
  execFileSync('tar', ['-xzf', packed, '-C', folder, '--strip-components=1']);
  rmSync(packed);
}

/** As the lock file says. No package is let run anything while it is installed. */
function layDependencies() {
  const borrowed = ['package-lock.json', '.npmrc'];
  for (const file of borrowed) copyFileSync(file, path.join(folder, file));
  npm(folder, 'ci', ...PRODUCTION, '--ignore-scripts', '--no-audit', '--no-fund');
  for (const file of borrowed) rmSync(path.join(folder, file));
}

/**
 * Of what has been installed, as npm has noted it down. Told to leave development out of the whole lock file, `npm sbom` leaves
 * out what production shares with it, too, such as the driver of the database; so it is given a project without any.
 */
function billOfMaterials() {
  const { devDependencies: _, optionalDependencies: __, ...manifest } = json('package.json');
  const { packages, ...lock } = json('node_modules/.package-lock.json');
  const project = mkdtempSync(path.join(tmpdir(), 'skald-sbom-'));
  writeFileSync(path.join(project, 'package.json'), text(manifest));
  writeFileSync(
    path.join(project, 'package-lock.json'),
    text({ ...lock, packages: { '': manifest, ...packages } }),
  );
  const bill = JSON.parse(npm(project, 'sbom', '--package-lock-only', '--sbom-format=cyclonedx'));
  rmSync(project, { recursive: true });
  // npm calls the whole after the folder it lies in, and takes it for a library.
  Object.assign(bill.metadata.component, { name: manifest.name, type: 'application' });
  return bill;
}

function json(file) {
  return JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
}

function text(value) {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function npm(cwd, ...args) {
  const stdio = ['ignore', 'pipe', 'inherit'];
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio, maxBuffer: 64_000_000 });
}
