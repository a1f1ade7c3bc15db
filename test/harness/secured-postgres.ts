import { chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverUser } from '../../deploy/local/src/index.js';
import { makeCertificates, type Certificates } from './certificates.js';

/** What a database server needs so that it is spoken to by TLS only, and what its clients need. */
export interface SecuredPostgres {
  readonly folder: string;
  readonly certificates: Certificates;
  /** Settings of the server. */
  readonly postgresSettings: Readonly<Record<string, string>>;
}

/**
 * Prepares a server that lets `postgres`, the administrator of the harness, in without anything, `skald` by TLS and a
 * password, and `certified` by TLS and a certificate of that name. The roles are for the test to make.
 */
export async function securedPostgres(): Promise<SecuredPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'skald-secured-'));
  const certificates = await makeCertificates(path.join(folder, 'certificates'));
  const access = path.join(folder, 'access');
  const rules = [
    'host all postgres 127.0.0.1/32 trust',
    'hostssl all skald 127.0.0.1/32 scram-sha-256',
    'hostssl all certified 127.0.0.1/32 cert',
  ];
  await mkdir(access);
  await writeFile(path.join(access, 'hba.conf'), `${rules.join('\n')}\n`);
  await writeFile(path.join(access, 'server.pem'), certificates.certificate);
  await writeFile(path.join(access, 'server.key'), certificates.key, { mode: 0o600 });
  await writeFile(path.join(access, 'ca.pem'), certificates.ca);
  await belongToServer(folder, access);
  return {
    folder,
    certificates,
    postgresSettings: {
      ssl: 'on',
      ssl_cert_file: path.join(access, 'server.pem'),
      ssl_key_file: path.join(access, 'server.key'),
      ssl_ca_file: path.join(access, 'ca.pem'),
      hba_file: path.join(access, 'hba.conf'),
    },
  };
}

/** The server reads its key only where nobody else can. */
async function belongToServer(folder: string, access: string): Promise<void> {
  const user = await serverUser();
  await chmod(folder, 0o755);
  if (user !== undefined) await chown(path.join(access, 'server.key'), user.uid, user.gid);
}
