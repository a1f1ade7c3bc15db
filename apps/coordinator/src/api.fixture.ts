import { SystemClock, waitFor, type Json } from '#libs/messaging';
import { orderYaml } from './order.fixture.js';
import { runningService, type RunningService } from './service.fixture.js';

/** An answer over HTTP; the body is whatever the service said. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly location: string | undefined;
  readonly body: Readonly<Record<string, Json>>;
}

const clock = new SystemClock();
/** Less than a test may take, and enough for a machine that is busy. */
const patienceMs = 15_000;

/** A client of a coordinator that runs in this process, with the order saga published. */
export class ApiFixture {
  private constructor(readonly service: RunningService) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<ApiFixture> {
    const api = new ApiFixture(await runningService(environment));
    await api.eventually('/health/ready', (body) => body['status'] === 'up');
    const { status, body } = await api.send('POST', '/definitions', orderYaml, {
      'content-type': 'application/yaml',
    });
    if (status !== 200) throw new Error(JSON.stringify(body));
    return api;
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  get(url: string): Promise<Answer> {
    return this.send('GET', url);
  }

  /** What is not JSON. */
  async text(url: string): Promise<string> {
    return (await this.service.app.inject({ method: 'GET', url })).body;
  }

  async send(
    method: 'GET' | 'POST',
    url: string,
    payload?: string | object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await this.service.app.inject({
      method,
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    const { location } = response.headers;
    return {
      status: response.statusCode,
      type: String(response.headers['content-type']),
      location: typeof location === 'string' ? location : undefined,
      body: response.json(),
    };
  }

  /** Starts an order; `input` may be text that is no JSON. */
  order(input: object | string, key: string): Promise<Answer> {
    return this.send('POST', '/sagas/order-fulfilment', input, {
      'idempotency-key': key,
      'content-type': 'application/json',
    });
  }

  /** Asks until the answer is as wanted. */
  eventually(url: string, isAsWanted: (body: Answer['body']) => boolean): Promise<Answer['body']> {
    return until(url, async () => (await this.get(url)).body, isAsWanted);
  }

  /** The same of what is not JSON. */
  eventuallyText(url: string, isAsWanted: (text: string) => boolean): Promise<string> {
    return until(url, () => this.text(url), isAsWanted);
  }

  ended(id: Json | undefined, status: string): Promise<Answer['body']> {
    return this.eventually(`/sagas/${String(id)}`, (body) => body['status'] === status);
  }
}

async function until<T>(url: string, look: () => Promise<T>, isAsWanted: (seen: T) => boolean): Promise<T> {
  const deadline = clock.elapsed() + patienceMs;
  for (;;) {
    const seen = await look();
    if (isAsWanted(seen)) return seen;
    if (clock.elapsed() > deadline)
      throw new Error(`${url} did not come to what was waited for: ${JSON.stringify(seen).slice(0, 2_000)}`);
    await waitFor(clock, 10);
  }
}
