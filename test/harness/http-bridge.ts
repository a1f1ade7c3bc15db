import {
  freePorts,
  startService,
  type LocalStack,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';

/** Where a bridge belongs, and what it is told: a fleet, or what a bench has of one. */
interface BridgeSurroundings {
  readonly stack: Pick<LocalStack, 'dataFolder' | 'logsFolder'>;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a bridge to participants over HTTP as a process; it ends with the fleet's stack at the latest. */
export async function startHttpBridge(
  { stack, env: fleetEnv }: BridgeSurroundings,
  env: Readonly<Record<string, string>> = {},
): Promise<ServiceProcess> {
  const [port] = await freePorts(1);
  return startService({
    name: 'http-bridge',
    script: 'dist/apps/coordinator/src/http-bridge.main.js',
    stack,
    env: { ...fleetEnv, HOST: '127.0.0.1', PORT: String(port), SKALD_SESSION_TIMEOUT_MS: '6000', ...env },
    ready: { url: `http://127.0.0.1:${port}/health/ready` },
  });
}
