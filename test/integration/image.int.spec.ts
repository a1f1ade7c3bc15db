import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  createDatabase,
  dropDatabase,
  freePorts,
  runFolderOf,
  startGuard,
  startService,
  type Guard,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { CoordinatorApi } from '../harness/coordinator-api.js';
import { testSecret } from '../harness/coordinator-process.js';
import { cycloneDxCheck } from '../harness/cyclonedx.js';
import { eventually } from '../harness/deadline.js';
import { hadolintTool } from '../harness/python-tools.js';

const run = promisify(execFile);
const dockerfile = 'deploy/image/Dockerfile';
/** Node itself forbids writing anywhere: what a container with a read-only root and nothing mounted would do. */
const readOnly = [
  Number(process.versions.node.split('.')[0]) < 22 ? '--experimental-permission' : '--permission',
  '--allow-fs-read=*',
  '--disable-warning=ExperimentalWarning',
];
const installation = 'of-the-image';
const database = 'of_the_image';

// Makes what the image holds, as its build does.
jest.setTimeout(600_000);

let folder: string;
let app: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-image-'));
  app = path.join(folder, 'app');
  await run(process.execPath, ['deploy/image/app-folder.mjs', app], { maxBuffer: 64_000_000 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface LockedPackage {
  readonly version: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** `name@version` of the packages of a lock file that production needs. */
async function production(lockFile: string): Promise<readonly string[]> {
  const { packages } = JSON.parse(await readFile(lockFile, 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const needed = Object.entries(packages).filter(
    ([where, { dev, optional, devOptional }]) => where !== '' && !dev && !optional && !devOptional,
  );
  return named(needed.map(([where, { version }]) => `${where.replace(/^.*node_modules\//, '')}@${version}`));
}

const named = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

describe('what the image holds', () => {
  it('is what production needs by the lock file, and nothing of development', async () => {
    const installed = await production(path.join(app, 'node_modules', '.package-lock.json'));

    expect(installed.length).toBeGreaterThan(100);
    expect(installed).toEqual(await production('package-lock.json'));
  });

  it('is listed by its bill of materials, each package once with its licence and checksum', async () => {
    const bill = JSON.parse(await readFile(path.join(app, 'sbom.cdx.json'), 'utf8')) as {
      readonly metadata: { readonly component: object };
      readonly components: readonly {
        readonly name: string;
        readonly version: string;
        readonly purl: string;
      }[];
    };

    expect(await cycloneDxCheck(bill)).toEqual([]);
    expect(bill.metadata.component).toMatchObject({ name: 'skald', type: 'application' });
    const listed = bill.components.map(({ name, version }) => `${name}@${version}`);
    expect(listed.toSorted()).toEqual(await production('package-lock.json'));
    for (const component of bill.components) {
      expect(component.purl).toMatch(/^pkg:npm\//);
      expect(component).toMatchObject({ licenses: expect.anything(), hashes: expect.anything() });
    }
  });

  it('is not larger than what is said of it', async () => {
    const [, said] = /Its folder `\/app` has (\d+) MB/.exec(
      await readFile('deploy/image/README.md', 'utf8'),
    )!;
    const bytes = await sizeOf(app);
    console.log(`the image without Node: ${(bytes / 1e6).toFixed(0)} MB`);

    expect(bytes / 1e6).toBeLessThan(Number(said));
  });
});

describe('a bill of materials', () => {
  it('is refused when it is none', async () => {
    expect(
      await cycloneDxCheck({ bomFormat: 'CycloneDX', specVersion: '1.5', components: [{}] }),
    ).not.toEqual([]);
  });
});

describe('the image', () => {
  it('is described as hadolint would have it', async () => {
    const { stdout } = await run(await hadolintTool(), [dockerfile]);

    expect(stdout).toBe('');
  });

  it('is nobody special, by number, and is told to end by SIGTERM', async () => {
    const last = (await readFile(dockerfile, 'utf8')).split(/^FROM /m).at(-1)!;

    expect(last).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toMatch(/^ENTRYPOINT \["node"\]$/m);
  });
});

describe('the programs of the image where nothing can be written', () => {
  let guard: Guard;
  let service: ServiceProcess | undefined;
  let api: CoordinatorApi;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    await mkdir(runFolderOf(folder), { recursive: true });
    guard = startGuard(runFolderOf(folder));
    env = {
      NODE_ENV: 'production',
      KAFKA_BROKERS: process.env['KAFKA_BROKERS']!,
      DATABASE_URL: await createDatabase(process.env['DATABASE_URL']!, database),
      SKALD_SECRET: testSecret,
      SKALD_INSTALLATION: installation,
    };
  });

  afterAll(async () => {
    await service?.stop();
    await guard.release();
    await dropDatabase(process.env['DATABASE_URL']!, database);
  });

  it('are really kept from it', async () => {
    const program = `require('node:fs').writeFileSync(${JSON.stringify(path.join(folder, 'x'))}, 'x')`;

    await expect(run(process.execPath, [...readOnly, '-e', program])).rejects.toMatchObject({
      stderr: expect.stringContaining('ERR_ACCESS_DENIED'),
    });
  });

  it('install', async () => {
    const args = ['install', '--name', installation, '--partitions', '2', '--replication', '1'];
    const cli = path.join(app, 'dist/apps/cli/src/main.js');

    const { stdout } = await run(process.execPath, [...readOnly, cli, ...args], {
      env: { ...process.env, ...env },
    });

    expect(stdout).toContain(`installed ${installation}`);
  });

  it('work', async () => {
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    service = await startService({
      name: 'image',
      script: path.join(app, 'dist/apps/coordinator/src/main.js'),
      nodeOptions: readOnly,
      stack: { dataFolder: folder, logsFolder: path.join(folder, 'logs') },
      env: { ...env, PORT: String(port) },
      ready: { url: `${url}/health/ready` },
    });
    api = new CoordinatorApi(url);
    const text = 'saga: alone\nversion: 1\nkey: input.id\nsteps: [{ set: done, value: yes }]\n';
    expect(await api.post('/definitions', { files: [{ path: 'alone.yaml', text }] })).toMatchObject({
      status: 200,
    });
    const { body } = await api.start('alone', { id: 'one' }, 'one');

    const saga = await eventually('the saga to end', async () => {
      const page = await api.saga(body.id);
      return page.finishedAt !== undefined && page;
    });

    expect(saga.status).toBe('completed');
  });

  it('end by themselves when they are asked to', async () => {
    await service!.stop();

    expect(await service!.exited).toEqual({ code: 0, signal: undefined });
  });
});

async function sizeOf(where: string): Promise<number> {
  const entries = await readdir(where, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(path.join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
