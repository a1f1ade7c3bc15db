import { readFileSync } from 'node:fs';
import type { Manifest } from './chart.js';

/** A probe of a container, as far as the chart uses them. */
export interface Probe {
  readonly path: string;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly failureThreshold: number;
}

/** The only container of a workload: its program, and the cluster's part in running it. */
export interface PodTemplate {
  /** For Node, from the root of the image, which is the root of the repository. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly graceMs: number;
  /** None: nobody asks, as with a job. */
  readonly probes?: Probes;
}

/** What a kubelet asks a container. */
export interface Probes {
  readonly startup: Probe;
  readonly liveness: Probe;
  readonly readiness: Probe;
}

/** What stands in a cluster and not in a manifest. */
export interface Surroundings {
  /** By `<secret>/<key>`. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly podName: string;
  /** Where the contents of volumes lie, by the path at which containers see them. */
  readonly folders?: Readonly<Record<string, string>>;
  /** A module that is loaded before the program. */
  readonly preload?: string;
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

interface ProbeManifest {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

interface Container {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly startupProbe?: ProbeManifest;
  readonly livenessProbe?: ProbeManifest;
  readonly readinessProbe?: ProbeManifest;
}

interface PodSpec {
  readonly terminationGracePeriodSeconds?: number;
  readonly containers: readonly Container[];
}

const kubernetesGraceSeconds = 30;

/** What a Deployment or a Job of the chart runs. @throws when it runs anything but one program for Node. */
export function podTemplateOf({ kind, spec }: Manifest): PodTemplate {
  const { containers, terminationGracePeriodSeconds } = (spec['template'] as { readonly spec: PodSpec }).spec;
  const [container, ...others] = containers;
  const [program, ...arguments_] = [...(container?.command ?? []), ...(container?.args ?? [])];
  const [script, ...args] = arguments_;
  if (container === undefined || others.length > 0 || program !== 'node' || script === undefined)
    throw new Error(`the ${kind} does not run one program for Node`);
  const probes = probesOf(container);
  return {
    script,
    args,
    env: container.env,
    graceMs: (terminationGracePeriodSeconds ?? kubernetesGraceSeconds) * 1_000,
    ...(probes && { probes }),
  };
}

/** The environment of the container: what the image brings, then what the chart says. */
export function environmentOf(
  { env }: PodTemplate,
  surroundings: Surroundings,
): Readonly<Record<string, string>> {
  const all: Readonly<Record<string, string>> = {
    ...imageEnvironment(),
    ...Object.fromEntries(env.map((each) => [each.name, valueOf(each, surroundings)])),
  };
  const { preload } = surroundings;
  return preload === undefined
    ? all
    : { ...all, NODE_OPTIONS: `${all['NODE_OPTIONS'] ?? ''} --import=${preload}` };
}

function valueOf({ name, value, valueFrom }: EnvVar, { secrets, podName, folders }: Surroundings): string {
  if (value !== undefined) return folders?.[value] ?? value;
  if (valueFrom?.fieldRef?.fieldPath === 'metadata.name') return podName;
  const { secretKeyRef } = valueFrom ?? {};
  const known = secrets[`${secretKeyRef?.name}/${secretKeyRef?.key}`];
  if (known === undefined) throw new Error(`nothing here gives ${name} its value`);
  return known;
}

function imageEnvironment(): Readonly<Record<string, string>> {
  const [line] = /^ENV .*$/m.exec(readFileSync('deploy/image/Dockerfile', 'utf8')) ?? [''];
  return Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]));
}

function probesOf({ startupProbe, livenessProbe, readinessProbe }: Container): Probes | undefined {
  if (startupProbe === undefined || livenessProbe === undefined || readinessProbe === undefined)
    return undefined;
  return {
    startup: probeOf(startupProbe),
    liveness: probeOf(livenessProbe),
    readiness: probeOf(readinessProbe),
  };
}

function probeOf({ httpGet, periodSeconds, timeoutSeconds, failureThreshold }: ProbeManifest): Probe {
  return {
    path: httpGet.path,
    periodMs: periodSeconds * 1_000,
    timeoutMs: timeoutSeconds * 1_000,
    failureThreshold,
  };
}
