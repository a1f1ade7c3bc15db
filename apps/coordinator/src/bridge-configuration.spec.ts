import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readBridgeConfiguration } from './bridge-configuration.js';
import { FolderSecrets } from './folder-secrets.js';

const sound = { DATABASE_URL: 'postgres://localhost/skald', KAFKA_BROKERS: 'localhost:9092' };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skald-secrets-'));
  await writeFile(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
  await writeFile(join(folder, 'token'), 'first\n');
});

afterAll(() => rm(folder, { recursive: true }));

describe('the settings of a bridge', () => {
  it('need a database and a broker only', () => {
    expect(readBridgeConfiguration(sound)).toMatchObject({
      port: 8080,
      calls: 32,
      http: { timeoutMs: 30_000, tls: {} },
    });
  });

  it('read certificates from files', () => {
    const { http } = readBridgeConfiguration({ ...sound, SKALD_HTTP_CA: join(folder, 'ca.pem') });

    expect(http.tls).toEqual({ ca: '-----BEGIN CERTIFICATE-----\n' });
  });

  it('are refused with everything that is wrong', () => {
    const wrong = {
      ...sound,
      SKALD_HTTP_CA: '/nowhere',
      SKALD_HTTP_KEY: '-----BEGIN KEY',
      SKALD_HTTP_CALLS: '0',
    };

    expect(() => readBridgeConfiguration(wrong)).toThrow(
      /SKALD_HTTP_CALLS is "0"[^]*"\/nowhere", which cannot be read[^]*belong together/,
    );
  });
});

describe('secrets in a folder', () => {
  it('are read anew each time', async () => {
    const secrets = new FolderSecrets(folder);

    const before = await secrets.find('token');
    await writeFile(join(folder, 'token'), 'second');

    expect([before, await secrets.find('token')]).toEqual(['first', 'second']);
  });

  it('are not found outside of it', async () => {
    const secrets = new FolderSecrets(join(folder, 'below'));

    expect(await secrets.find('../token')).toBeUndefined();
    expect(await secrets.find('..')).toBeUndefined();
    expect(await new FolderSecrets(undefined).find('token')).toBeUndefined();
  });
});
