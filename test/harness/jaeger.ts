import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { SystemClock } from '#libs/messaging';
import {
  freePorts,
  startService,
  type LocalStack,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { eventually } from './deadline.js';
import { jaegerServer } from './operations-tools.js';

/** A span as Jaeger answers it. Times in microseconds since 1970. */
export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly service: string;
  readonly parent?: string;
  /** Spans of this or other traces that it refers to without being below them. */
  readonly links: readonly { readonly traceID: string; readonly spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: Readonly<Record<string, string | number | boolean>>;
  readonly warnings: readonly string[];
}

/** A running Jaeger: a tracing backend with its query API, its memory and, where it is given, its page. */
export interface Jaeger {
  /** What a process exports with. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the query API and the page. */
  readonly url: string;
  /** Traces of a service that carry all of these tags. */
  find(service: string, tags: Readonly<Record<string, string>>): Promise<readonly JaegerTrace[]>;
  /** Waits for the trace with these tags until `isWhole`, and answers it. */
  until(
    service: string,
    tags: Readonly<Record<string, string>>,
    isWhole: (trace: JaegerTrace) => boolean,
  ): Promise<JaegerTrace>;
  /** A trace by its id. */
  trace(id: string): Promise<JaegerTrace | undefined>;
  stop(): Promise<void>;
}

/** Starts Jaeger on free ports, its log and settings in the folder of `stack`. `pageFolder`: a built page to serve. */
export async function startJaeger(
  stack: Pick<LocalStack, 'dataFolder' | 'logsFolder'>,
  pageFolder?: string,
): Promise<Jaeger> {
  const [otlp, query, queryGrpc, health] = await freePorts(4);
  const file = path.join(stack.dataFolder, 'jaeger.yaml');
  const at = (port: number | undefined): string => `127.0.0.1:${port}`;
  const ui = pageFolder === undefined ? {} : { ui: { assets_path: pageFolder } };
  const settings = {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: at(health) } },
      jaeger_storage: { backends: { memory: { memory: { max_traces: 100_000 } } } },
      jaeger_query: {
        storage: { traces: 'memory' },
        http: { endpoint: at(query) },
        grpc: { endpoint: at(queryGrpc) },
        ...ui,
      },
    },
    receivers: { otlp: { protocols: { http: { endpoint: at(otlp) } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
  await writeFile(file, stringify(settings));
  const url = `http://${at(query)}`;
  const service = await startService({
    name: 'jaeger',
    script: await jaegerServer(),
    args: ['--config', file],
    stack,
    ready: { url: `${url}/api/services` },
  });
  return new JaegerProcess(service, url, `http://${at(otlp)}`);
}

/** One trace. A span that was emitted again after a crash, with the same contents, is in it once. */
export class JaegerTrace {
  readonly spans: readonly JaegerSpan[];

  constructor(received: readonly JaegerSpan[]) {
    const seen = new Map(received.map((span) => [JSON.stringify({ ...span, warnings: [] }), span]));
    this.spans = [...seen.values()];
  }

  get id(): string {
    return this.spans[0]!.traceID;
  }

  /** Spans of this name, by their beginning. */
  named(name: string): readonly JaegerSpan[] {
    return this.spans.filter((span) => span.operationName === name).sort(byStart);
  }

  /** The only span of this name. @throws Error when there is none, or another. */
  only(name: string): JaegerSpan {
    const found = this.named(name);
    if (found.length !== 1)
      throw new Error(`${found.length} spans are called ${name}:\n${this.tree().join('\n')}`);
    return found[0]!;
  }

  get roots(): readonly string[] {
    return this.spans.filter(({ parent }) => parent === undefined).map(({ operationName }) => operationName);
  }

  /** Spans whose parent the backend does not have. */
  get orphans(): readonly string[] {
    const known = new Set(this.spans.map(({ spanID }) => spanID));
    return this.spans
      .filter(({ parent }) => parent !== undefined && !known.has(parent))
      .map(({ operationName, service }) => `${operationName} (${service})`);
  }

  /** Ids that spans with different contents have, and what the backend complains of. */
  get troubles(): readonly string[] {
    const ids = this.spans.map(({ spanID }) => spanID);
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
    const complaints = this.spans.flatMap(({ warnings }) => warnings.filter((text) => !harmless.test(text)));
    return [...twice.map((id) => `${id} twice`), ...complaints];
  }

  /** What keeps it from being one sound tree: more than one root, orphans, troubles. */
  get flaws(): readonly string[] {
    const roots =
      this.roots.length === 1 ? [] : [`there are ${this.roots.length} roots: ${this.roots.join()}`];
    return [...roots, ...this.orphans.map((name) => `${name} is an orphan`), ...this.troubles];
  }

  /** Whether the closing bar of a saga is there. */
  get isClosed(): boolean {
    return this.spans.some(({ operationName }) =>
      /^saga \S+ (completed|compensated|cancelled)$/.test(operationName),
    );
  }

  /** The trace as indented lines, children by their beginning. */
  tree(): readonly string[] {
    return this.spans.filter(({ parent }) => parent === undefined).flatMap((root) => this.below(root, 0));
  }

  private below(span: JaegerSpan, depth: number): readonly string[] {
    const children = this.spans.filter(({ parent }) => parent === span.spanID).sort(byStart);
    return [
      `${'  '.repeat(depth)}${span.operationName}`,
      ...children.flatMap((child) => this.below(child, depth + 1)),
    ];
  }
}

/** A message is processed after it was sent, which is taken for clocks that differ; repeats are looked at above. */
const harmless = /^clock skew|^duplicate span IDs/;

/** From a day ago to a month from now: there are sagas for which time is ahead of the machine's. */
function searchedMicros(): { readonly start: string; readonly end: string } {
  const dayMs = 86_400_000;
  const now = new SystemClock().now();
  return { start: `${(now - dayMs) * 1_000}`, end: `${(now + 30 * dayMs) * 1_000}` };
}

class JaegerProcess implements Jaeger {
  readonly env: Readonly<Record<string, string>>;

  constructor(
    private readonly service: ServiceProcess,
    readonly url: string,
    endpoint: string,
  ) {
    this.env = {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_METRICS_EXPORTER: 'prometheus',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    };
  }

  async find(service: string, tags: Readonly<Record<string, string>>): Promise<readonly JaegerTrace[]> {
    const search = new URLSearchParams({
      service,
      tags: JSON.stringify(tags),
      limit: '1000',
      ...searchedMicros(),
    });
    return this.read(`/api/traces?${search.toString()}`);
  }

  async until(
    service: string,
    tags: Readonly<Record<string, string>>,
    isWhole: (trace: JaegerTrace) => boolean,
  ): Promise<JaegerTrace> {
    let last: JaegerTrace | undefined;
    try {
      return await eventually(`a whole trace with ${JSON.stringify(tags)}`, async () => {
        const found = await this.find(service, tags);
        last = found[0];
        return found.find(isWhole);
      });
    } catch (error) {
      throw new Error(`${String(error)}\n${last?.tree().join('\n') ?? 'there is no such trace'}`, {
        cause: error,
      });
    }
  }

  async trace(id: string): Promise<JaegerTrace | undefined> {
    return (await this.read(`/api/traces/${id}`))[0];
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  private async read(address: string): Promise<readonly JaegerTrace[]> {
    const response = await fetch(`${this.url}${address}`);
    const { data } = (await response.json()) as { readonly data: readonly RawTrace[] | null };
    return (data ?? []).map(traceOf);
  }
}

interface RawTrace {
  readonly spans: readonly {
    readonly traceID: string;
    readonly spanID: string;
    readonly operationName: string;
    readonly processID: string;
    readonly startTime: number;
    readonly duration: number;
    readonly references: readonly {
      readonly refType: string;
      readonly traceID: string;
      readonly spanID: string;
    }[];
    readonly tags: readonly { readonly key: string; readonly value: string | number | boolean }[];
    readonly warnings: readonly string[] | null;
  }[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

function traceOf({ spans, processes }: RawTrace): JaegerTrace {
  return new JaegerTrace(
    spans.map(({ references, tags, processID, warnings, ...span }) => {
      const parent = references.find(
        ({ refType, traceID }) => refType === 'CHILD_OF' && traceID === span.traceID,
      );
      return {
        ...span,
        service: processes[processID]!.serviceName,
        ...(parent === undefined ? {} : { parent: parent.spanID }),
        links: references.filter((one) => one !== parent),
        tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
        warnings: warnings ?? [],
      };
    }),
  );
}

function byStart(one: JaegerSpan, other: JaegerSpan): number {
  return one.startTime - other.startTime || one.duration - other.duration;
}
