import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { livingProcesses, runFolderOf } from './run-folder.js';
import { startService, type ServiceOptions, type ServiceProcess } from './service-process.js';

let folder: string;
let service: ServiceProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-service-'));
});

afterEach(async () => {
  await service?.kill();
  service = undefined;
  await rm(folder, { recursive: true, force: true });
});

describe('a service that works', () => {
  it('is started when its line appears', async () => {
    service = await startService(
      await running(`console.log('ready ' + process.env.NAME)`, { line: /^ready shop$/ }),
    );

    expect(livingProcesses(runFolderOf(folder)).map(({ name, pid }) => ({ name, pid }))).toEqual([
      { name: 'program', pid: service.pid },
    ]);
  });

  it('is started when its address answers with success', async () => {
    let asked = 0;
    const server = createServer((_, response) => response.writeHead(asked++ === 0 ? 503 : 200).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ready`;
    service = await startService(await running('', { url }));
    server.close();

    expect(asked).toBe(2);
  });

  it('ends in order when it is stopped', async () => {
    service = await startService(
      await running(`process.on('SIGTERM', () => process.exit(7)); console.log('up')`, { line: /up/ }),
    );
    await service.stop();

    expect(await service.exited).toEqual({ code: 7, signal: undefined });
    expect(livingProcesses(runFolderOf(folder))).toEqual([]);
  });

  it('ends when it is stopped frozen', async () => {
    service = await startService(await running(`console.log('up')`, { line: /up/ }));
    service.freeze();
    await service.stop();

    expect(await service.exited).toEqual({ code: undefined, signal: 'SIGTERM' });
  });
});

describe('a service killed and started again', () => {
  it('is ready by what the new life says', async () => {
    service = await startService(await running(`console.log('up ' + process.env.NAME)`, { line: /up/ }));
    const first = service.pid;
    await service.kill();
    const dead = service.pid;
    await service.start({ NAME: 'again' });

    expect(dead).toBeUndefined();
    expect(service.pid).not.toBe(first);
    expect(await readFile(service.logFile, 'utf8')).toBe('up shop\nup again\n');
  });
});

describe('a service that cannot start', () => {
  it('fails with the end of its log', async () => {
    const start = startService(await running(`throw new Error('no such table')`, () => false));

    await expect(start).rejects.toThrow(/no such table/);
  });

  it('is not left running when it never gets ready', async () => {
    const options = { ...(await running('', () => false)), startPatienceMs: 200 };

    await expect(startService(options)).rejects.toMatchObject({ code: 'NOT_ANSWERING' });
    expect(livingProcesses(runFolderOf(folder))).toEqual([]);
  });
});

async function running(program: string, ready: ServiceOptions['ready']): Promise<ServiceOptions> {
  const script = path.join(folder, 'program.mjs');
  await writeFile(script, `${program}\nsetInterval(() => undefined, 1_000);\n`);
  const stack = { dataFolder: folder, logsFolder: path.join(folder, 'logs') };
  return { name: 'program', script, env: { NAME: 'shop' }, stack, ready };
}
