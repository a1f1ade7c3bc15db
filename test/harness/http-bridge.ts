import { freePorts, startService, type ServiceProcess } from '../../deploy/local/src/index.js';
import type { Fleet } from './fleet.js';

/** Starts a bridge to participants over HTTP as a process; it ends with the fleet's stack at the latest. */
export async function startHttpBridge(
  fleet: Fleet,
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const [port] = await freePorts(1);
  return startService({
    name: 'http-bridge',
    script: 'dist/apps/coordinator/src/http-bridge.main.js',
    stack: fleet.stack,
    env: { ...fleet.env, HOST: '127.0.0.1', PORT: String(port), SKALD_SESSION_TIMEOUT_MS: '6000', ...env },
    ready: { url: `http://127.0.0.1:${port}/health/ready` },
  });
}
