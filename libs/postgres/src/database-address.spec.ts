import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  addressNow,
  databaseAddressFromEnv,
  isPlaintext,
  type DatabaseAddressError,
} from './database-address.js';

const folder = mkdtempSync(join(tmpdir(), 'skald-address-'));
const url = 'postgres://skald:secret@db:5432/skald';
const pem = file('ca.pem', '-----BEGIN CERTIFICATE-----');

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    databaseAddressFromEnv(env);
    return [];
  } catch (error) {
    return (error as DatabaseAddressError).problems;
  }
}

describe('the address of the database', () => {
  it('is taken as it is given', () => {
    expect(databaseAddressFromEnv({ DATABASE_URL: ` ${url} ` })).toBe(url);
  });

  it('is read from its file each time', () => {
    const path = file('url', `${url}\n`);
    const address = databaseAddressFromEnv({ DATABASE_URL_FILE: path });

    expect(addressNow(address)).toBe(url);
    writeFileSync(path, url.replace('secret', 'newer'));
    expect(addressNow(address)).toBe('postgres://skald:newer@db:5432/skald');
  });

  it('wants the certificate of its name where it knows who vouches for it', () => {
    expect(databaseAddressFromEnv({ DATABASE_URL: url, DATABASE_SSL_CA: pem })).toBe(
      `${url}?sslrootcert=${encodeURIComponent(pem)}&sslmode=verify-full`,
    );
  });

  it.each([
    [{}, ['DATABASE_URL is missing']],
    [{ DATABASE_URL: 'mysql://x' }, ['DATABASE_URL has to begin with postgres://']],
    [{ DATABASE_URL: url, DATABASE_URL_FILE: pem }, ['DATABASE_URL and DATABASE_URL_FILE are both set']],
    [{ DATABASE_URL_FILE: '/nowhere' }, ['DATABASE_URL_FILE names a file that cannot be read']],
    [{ DATABASE_URL_FILE: pem }, ['what DATABASE_URL_FILE names has to begin with postgres://']],
    [
      { DATABASE_URL: url, DATABASE_SSL_CA: '/nowhere' },
      ['DATABASE_SSL_CA names a file that cannot be read'],
    ],
    [
      { DATABASE_URL: url, DATABASE_SSL_CERT: file('no.pem', 'nothing') },
      [
        'DATABASE_SSL_CERT names a file that is not PEM',
        'DATABASE_SSL_CERT and DATABASE_SSL_KEY belong together',
      ],
    ],
  ] as const)('that cannot be meant is refused: %j', (env, messages) => {
    const problems = problemsOf(env);

    expect(problems).toEqual(messages.map((message) => expect.stringContaining(message)));
  });
});

describe('what is said to the database', () => {
  it.each([
    ['postgres://db/skald', true],
    ['postgres://db/skald?sslmode=disable', true],
    ['postgres://db/skald?sslmode=no-verify', true],
    ['postgres://db/skald?sslmode=require&uselibpqcompat=true', true],
    ['postgres://db/skald?sslmode=require', false],
    ['postgres://db/skald?sslmode=verify-full', false],
    ['postgres:///skald?host=/var/run/postgresql', false],
  ])('at %s is open to others: %s', (address, isOpen) => {
    expect(isPlaintext(address)).toBe(isOpen);
  });
});
