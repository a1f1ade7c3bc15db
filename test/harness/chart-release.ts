import { execFile } from 'node:child_process';
import process from 'node:process';
import { chartManifests, type Manifest } from './chart.js';
import { testSecret, type CoordinatorOptions } from './coordinator-process.js';
import { environmentOf, podTemplateOf, type Surroundings } from './pod-template.js';
import { startPod, type Pod } from './pod.js';
import { skaldCommand, type CommandResult } from './skald-command.js';

/** A module that is loaded into each process of a version before its program. */
export interface ImageVersion {
  readonly module: string;
}

/**
 * The chart as it would be installed beside a broker and a database of this machine: what the manifests run is run here
 * as processes, with their command, their environment, their probes and their grace period.
 *
 * What is put in place of something a machine without a cluster lacks: addresses, the values of secrets, one port for
 * each pod, and one copy of each partition, because there is one broker.
 */
export class ChartRelease {
  readonly pods: Pod[] = [];
  private place: CoordinatorOptions | undefined;

  /** Starts a pod; before the first one schema and installation are made, behind it definitions are published. */
  readonly launch = async (place: CoordinatorOptions): Promise<Pod> => {
    const isFirst = this.place === undefined;
    this.place ??= place;
    if (isFirst) succeeded(await this.migrate());
    const pod = await this.startPod(place);
    const client = { by: 'spec' };
    if (isFirst) succeeded(await skaldCommand(pod.api.url, client, 'publish', place.definitions));
    return pod;
  };

  /** Another pod beside those there are. @throws LocalStackError when it does not get ready. */
  addPod(name: string, version?: ImageVersion): Promise<Pod> {
    return this.startPod({ ...this.installed, name }, version);
  }

  /** Runs the job that brings the schema up to date, and answers how it ended. */
  async migrate(version?: ImageVersion): Promise<CommandResult> {
    const place = this.installed;
    const template = podTemplateOf(await this.manifest('Job', place));
    const env = { PATH: process.env['PATH'], ...environmentOf(template, surroundingsOf(place, version)) };
    return new Promise((resolve) => {
      execFile(process.execPath, [template.script, ...template.args], { env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out: out.trim(), err: err.trim() }),
      );
    });
  }

  /** What the chart says of the pods as a whole. */
  deployment(): Promise<Manifest> {
    return this.manifest('Deployment', this.installed);
  }

  /** Nobody probes pods any more; whoever owns their stack ends them. */
  stopProbes(): void {
    for (const pod of this.pods) pod.stopProbes();
  }

  private get installed(): CoordinatorOptions {
    if (this.place === undefined) throw new Error('nothing is installed yet');
    return this.place;
  }

  private async startPod(place: CoordinatorOptions, version?: ImageVersion): Promise<Pod> {
    const pod = await startPod({
      template: podTemplateOf(await this.manifest('Deployment', place)),
      stack: place.stack,
      surroundings: surroundingsOf(place, version),
    });
    this.pods.push(pod);
    return pod;
  }

  private async manifest(kind: string, { env }: CoordinatorOptions): Promise<Manifest> {
    const found = (await chartManifests(valuesFor(env))).find((each) => each.kind === kind);
    if (found === undefined) throw new Error(`the chart has no ${kind}`);
    return found;
  }
}

/** Everything that is not an address goes through the chart's own values. */
function valuesFor(env: CoordinatorOptions['env']): readonly string[] {
  const { KAFKA_BROKERS = '', DATABASE_URL: _, ...more } = env;
  return [
    ...['--set', 'signing.existingSecret=skald-signing,database.existingSecret=skald-database'],
    ...['--set', 'installation.topicReplication=1'],
    ...['--set-json', `kafka.brokers=${JSON.stringify(KAFKA_BROKERS.split(','))}`],
    ...['--set-json', `env=${JSON.stringify(more)}`],
  ];
}

function surroundingsOf({ name, env }: CoordinatorOptions, version?: ImageVersion): Surroundings {
  return {
    podName: name,
    secrets: { 'skald-signing/secret': testSecret, 'skald-database/url': env['DATABASE_URL'] ?? '' },
    ...(version && { preload: version.module }),
  };
}

function succeeded({ code, out, err }: CommandResult): void {
  if (code !== 0) throw new Error(`ended with ${code}: ${out}\n${err}`);
}
