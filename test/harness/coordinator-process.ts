import {
  freePorts,
  startService,
  type LocalStack,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { CoordinatorApi } from './coordinator-api.js';

/** A coordinator as a process, and its API. */
export interface CoordinatorProcess {
  readonly service: ServiceProcess;
  readonly api: CoordinatorApi;
}

/** What coordinators of tests sign with. */
export const testSecret = 'only-for-tests-of-this-machine';

/** Home partitions of an installation that a test makes. */
export const testHomePartitions = 4;

/** Where a coordinator belongs, and what it is told. */
export interface CoordinatorOptions {
  /** Names process, log and owner of lanes; two living ones of a folder need two names. */
  readonly name: string;
  readonly stack: Pick<LocalStack, 'dataFolder' | 'logsFolder'>;
  /** Folder of the definitions it publishes. */
  readonly definitions: string;
  /** Default: the coordinator as it is shipped. */
  readonly script?: string | undefined;
  /** Addresses of broker and database, and whatever differs from the settings of tests. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a coordinator on a free port; it installs what is missing. Resolves when it is ready. */
export async function startCoordinator(options: CoordinatorOptions): Promise<CoordinatorProcess> {
  const { name, stack, definitions, env, script = 'dist/apps/coordinator/src/main.js' } = options;
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const service = await startService({
    name,
    script,
    stack,
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      SKALD_OWNER: name,
      SKALD_SECRET: testSecret,
      SKALD_AUTO_INSTALL: 'true',
      SKALD_HOME_PARTITIONS: String(testHomePartitions),
      SKALD_TOPIC_PARTITIONS: '4',
      SKALD_DEFINITIONS: definitions,
      ...env,
    },
    ready: { url: `${url}/health/ready` },
  });
  return { service, api: new CoordinatorApi(url) };
}
