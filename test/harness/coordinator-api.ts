import type { ShownIncident, ShownSaga, ShownSummary } from '../../apps/cli/src/shown-saga.js';

/** An HTTP answer, whatever its status. */
export interface HttpAnswer<T> {
  readonly status: number;
  readonly contentType: string;
  readonly location: string | null;
  readonly body: T;
}

/** What a coordinator answers when it turns a request down. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly instance: string;
  readonly problems?: readonly string[];
}

/** Answer to a start. */
export interface Started {
  readonly id: string;
  readonly definition: string;
  readonly outcome: string;
}

/** Bytes of a parked record: as text where they are text. */
export interface ShownBytes {
  readonly text?: string;
  readonly base64?: string;
}

/** A parked record as the API shows it. */
export interface ShownParked {
  readonly topic: string;
  readonly part: number;
  readonly offset: number;
  readonly reason: string;
  readonly message: string;
  readonly held: boolean;
  readonly saga?: string;
  readonly key: ShownBytes | null;
  readonly value: ShownBytes | null;
  readonly headers: Readonly<Record<string, ShownBytes>>;
}

/** A saga with its raw history. */
export interface SagaPage extends ShownSaga {
  readonly home: number;
  readonly revision: number;
  readonly trace: string;
  readonly history: readonly {
    readonly revision: number;
    readonly entries: readonly { readonly cause?: string; readonly input: { readonly kind: string } }[];
  }[];
}

const withinMs = 20_000;

/** The HTTP API of one coordinator as a test sees it: status, headers and body, nothing thrown for a 4xx. */
export class CoordinatorApi {
  constructor(readonly url: string) {}

  async send<T>(method: string, path: string, request: RequestInit = {}): Promise<HttpAnswer<T>> {
    const response = await fetch(new URL(path, this.url), {
      ...request,
      method,
      signal: AbortSignal.timeout(withinMs),
    });
    const text = await response.text();
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      location: response.headers.get('location'),
      body: (text === '' ? null : JSON.parse(text)) as T,
    };
  }

  get<T>(path: string): Promise<HttpAnswer<T>> {
    return this.send<T>('GET', path);
  }

  post<T>(
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer<T>> {
    const all = { 'content-type': 'application/json', ...headers };
    return this.send<T>('POST', path, { headers: all, body: JSON.stringify(body) });
  }

  start<T = Started>(definition: string, input: unknown, idempotencyKey: string): Promise<HttpAnswer<T>> {
    return this.post<T>(`/sagas/${definition}`, input, { 'idempotency-key': idempotencyKey });
  }

  act<T = { readonly outcome: string }>(
    saga: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<HttpAnswer<T>> {
    return this.post<T>(`/sagas/${saga}/actions`, body);
  }

  async saga(id: string): Promise<SagaPage> {
    return (await this.get<SagaPage>(`/sagas/${id}`)).body;
  }

  async list(query: string): Promise<readonly ShownSummary[]> {
    return (await this.get<{ readonly sagas: readonly ShownSummary[] }>(`/sagas?${query}`)).body.sagas;
  }

  /** The newest saga of a business key, with everything about it. */
  async sagaOf(businessKey: string): Promise<SagaPage | undefined> {
    const [found] = await this.list(`key=${encodeURIComponent(businessKey)}`);
    return found === undefined ? undefined : this.saga(found.id);
  }

  async incidents(saga: string): Promise<readonly ShownIncident[]> {
    return (await this.get<{ readonly incidents: readonly ShownIncident[] }>(`/incidents?saga=${saga}`)).body
      .incidents;
  }

  async parked(): Promise<readonly ShownParked[]> {
    return (await this.get<{ readonly parked: readonly ShownParked[] }>('/parked?limit=500')).body.parked;
  }

  settleParked<T>(
    record: Pick<ShownParked, 'topic' | 'part' | 'offset'>,
    decision: 'redrive' | 'skip',
  ): Promise<HttpAnswer<T>> {
    return this.post<T>(`/parked/${record.topic}/${record.part}/${record.offset}/${decision}`, {
      by: 'spec',
    });
  }
}
