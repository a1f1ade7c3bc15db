import {
  freePorts,
  startService,
  type LocalStack,
  type ProcessEnd,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { CoordinatorApi } from './coordinator-api.js';
import type { CoordinatorProcess } from './coordinator-process.js';
import { eventually } from './deadline.js';
import { environmentOf, type PodTemplate, type Probes, type Surroundings } from './pod-template.js';
import { ProbeWatch } from './probe-watch.js';

/** What a pod needs beside its template. */
export interface PodOptions {
  readonly template: PodTemplate;
  readonly stack: Pick<LocalStack, 'dataFolder' | 'logsFolder'>;
  readonly surroundings: Surroundings;
}

/** A container as a process, probed all its life. */
export class Pod implements CoordinatorProcess {
  readonly api: CoordinatorApi;
  readonly liveness: ProbeWatch;
  readonly readiness: ProbeWatch;

  constructor(
    readonly service: ServiceProcess,
    readonly url: string,
    { liveness, readiness }: Probes,
  ) {
    const life = (): number | undefined => service.pid;
    this.api = new CoordinatorApi(url);
    this.liveness = new ProbeWatch(url, liveness, life);
    this.readiness = new ProbeWatch(url, readiness, life);
  }

  get name(): string {
    return this.service.name;
  }

  /** Ends it as the cluster does: SIGTERM, and SIGKILL when the grace period is over. Answers how it ended. */
  async end(): Promise<ProcessEnd> {
    this.stopProbes();
    await this.service.stop();
    return this.service.exited;
  }

  /** Nobody probes it any more. */
  stopProbes(): void {
    this.liveness.stop();
    this.readiness.stop();
  }
}

/**
 * Runs the container of a template and resolves when it is ready; the port is the only one of its variables that is not
 * the template's, because several share this machine.
 *
 * @throws LocalStackError `START_FAILED` when it ends before that, and `NOT_ANSWERING` when it is not ready in time; it
 * does not run then.
 */
export async function startPod({ template, stack, surroundings }: PodOptions): Promise<Pod> {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const { script, args, probes, graceMs } = template;
  if (probes === undefined)
    throw new Error(`${surroundings.podName} has no probes: it cannot be told when it is ready`);
  const service = await startService({
    name: surroundings.podName,
    script,
    args,
    stack,
    env: { ...environmentOf(template, surroundings), PORT: String(port) },
    ready: { url: `${url}${probes.startup.path}` },
    startPatienceMs: probes.startup.periodMs * probes.startup.failureThreshold,
    stopPatienceMs: graceMs,
  });
  const pod = new Pod(service, url, probes);
  const isProbed = () => pod.readiness.successes > 0 && pod.liveness.successes > 0;
  await eventually(`${pod.name} to be ready`, isProbed, 60_000).catch(async (error: unknown) => {
    await pod.end();
    throw error;
  });
  return pod;
}
