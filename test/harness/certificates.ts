import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An authority nobody knows, and what a server on this machine shows by it. PEM. */
export interface Certificates {
  readonly ca: string;
  /** Path of the file that holds `ca`. */
  readonly caFile: string;
  readonly certificate: string;
  readonly key: string;
  /** Paths of the files that hold them. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Makes an authority of its own and a certificate of 127.0.0.1 that it has signed, below `folder`, by `openssl`. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  await mkdir(folder, { recursive: true });
  const subject = ['-days', '2', '-subj', '/CN=spec authority'];
  await openssl(folder, 'req', '-x509', ...newKey, ...subject, '-keyout', 'ca.key', '-out', 'ca.pem');
  const caFile = path.join(folder, 'ca.pem');
  return {
    ca: await readFile(caFile, 'utf8'),
    caFile,
    ...(await signCertificate(folder, 'server', '127.0.0.1')),
  };
}

/** Has the authority of {@link makeCertificates} sign a certificate of somebody; its files are called `name`. */
export async function signCertificate(
  folder: string,
  name: string,
  commonName: string,
): Promise<Omit<Certificates, 'ca' | 'caFile'>> {
  const file = (kind: string): string => `${name}.${kind}`;
  const request = ['-subj', `/CN=${commonName}`, '-keyout', file('key'), '-out', file('csr')];
  await openssl(folder, 'req', ...newKey, ...request);
  await writeFile(path.join(folder, file('names')), 'subjectAltName = IP:127.0.0.1, DNS:localhost\n');
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', file('names')];
  await openssl(folder, 'x509', '-req', '-in', file('csr'), ...signer, '-days', '2', '-out', file('pem'));
  const [certificateFile, keyFile] = [path.join(folder, file('pem')), path.join(folder, file('key'))];
  const [certificate, key] = await Promise.all([
    readFile(certificateFile, 'utf8'),
    readFile(keyFile, 'utf8'),
  ]);
  return { certificate, key, certificateFile, keyFile };
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function openssl(folder: string, ...args: readonly string[]): Promise<void> {
  await run('openssl', [...args], { cwd: folder });
}
