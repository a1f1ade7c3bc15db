import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { ask } from './process.mjs';

/**
 * Names the programs that no package installation can bring, so that a bare clone fails in seconds and not after
 * minutes of installing. The whole question is asked again, by `checkTools` of deploy/local, once that is built.
 */
export async function missingBeforeInstall({ ownProcesses, python, go, openssl }, env = process.env) {
  const missing = await Promise.all([
    missingForServers(ownProcesses, env),
    python ? missingForPython() : [],
    go ? missingForGo() : [],
    openssl ? missingForCertificates() : [],
  ]);
  return missing.flat();
}

async function missingForPython() {
  const program = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 8))';
  if ((await ask('python3', ['-c', program], 5_000)).succeeded) return [];
  return [
    'Python 3.8 or newer with venv and pip, in which a service is written that takes part in the tests: apt-get install -y python3 python3-venv, or brew install python',
  ];
}

async function missingForCertificates() {
  if ((await ask('openssl', ['version'], 5_000)).succeeded) return [];
  return [
    'OpenSSL, which makes certificates for a participant over HTTPS: apt-get install -y openssl, or brew install openssl',
  ];
}

async function missingForGo() {
  if ((await ask('go', ['version'], 5_000)).succeeded) return [];
  return [
    'Go 1.26 or newer, which builds helm, a Kubernetes API server, docker compose, Prometheus and Jaeger once: https://go.dev/dl, or brew install go',
  ];
}

async function missingForServers(ownProcesses, env) {
  if (!ownProcesses && (env.KAFKA_BROKERS || (await ask('docker', ['info'], 5_000)).succeeded)) return [];
  const [java, maven] = await Promise.all([
    ask('java', ['-version'], 5_000),
    ask('sh', ['-c', 'command -v mvn'], 5_000),
  ]);
  const missing = [];
  if (!java.succeeded || majorOf(java.output) < 17) {
    missing.push(
      'Java 17 or newer, which runs the Kafka broker: apt-get install -y openjdk-17-jre-headless, or brew install openjdk@17',
    );
  }
  if (!maven.succeeded && !existsSync(downloads(env))) {
    missing.push(
      'Maven, which downloads the Kafka broker once: apt-get install -y maven, or brew install maven',
    );
  }
  return missing;
}

function majorOf(versionText) {
  return Number(/version "(?:1\.)?(\d+)/.exec(versionText)?.[1] ?? 0);
}

function downloads(env) {
  return path.join(env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'skald');
}
