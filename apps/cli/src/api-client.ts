import { Readable } from 'node:stream';
import type { Json } from '#libs/messaging';
import { CommandFailedError, UsageError } from './cli-context.js';

/** An answer of the coordinator. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Json;
}

/** What the coordinator says about a request it turned down. */
export interface ApiProblem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly problems?: readonly string[];
}

const withinMs = 20_000;

/** The coordinator's HTTP API. Every answer outside 2xx is a CommandFailedError that says what the coordinator said. */
export class ApiClient {
  constructor(private readonly baseUrl: string) {}

  get(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<ApiAnswer> {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
    return this.send(`${path}${search}`, { method: 'GET' });
  }

  post(path: string, body: Json, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    return this.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** An answer that may be large: it is read while it comes, however long that takes. */
  async download(path: string, query: Readonly<Record<string, string>>): Promise<Readable> {
    const response = await this.fetch(`${path}?${new URLSearchParams(query).toString()}`, { method: 'GET' });
    if (response.ok && response.body !== null) return Readable.fromWeb(response.body);
    throw this.failure(response, parsed(await response.text()));
  }

  /** A request that may be large: it is sent while it is read, however long that takes. */
  async upload(
    path: string,
    query: Readonly<Record<string, string>>,
    content: Readable,
    type: string,
  ): Promise<ApiAnswer> {
    return this.answer(
      await this.fetch(`${path}?${new URLSearchParams(query).toString()}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: Readable.toWeb(content),
        duplex: 'half',
      }),
    );
  }

  private async send(path: string, request: RequestInit): Promise<ApiAnswer> {
    return this.answer(await this.fetch(path, { ...request, signal: AbortSignal.timeout(withinMs) }));
  }

  private async answer(response: Response): Promise<ApiAnswer> {
    const body = parsed(await response.text());
    if (response.ok && body !== undefined) return { status: response.status, body };
    throw this.failure(response, body);
  }

  private failure({ status }: Response, body: Json | undefined): CommandFailedError {
    if (body !== undefined) return new CommandFailedError(problemText(body as ApiProblem, status));
    return new CommandFailedError(
      `${this.baseUrl} does not answer like a coordinator (status ${status}); check SKALD_URL`,
    );
  }

  private async fetch(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(new URL(path, this.baseUrl), request);
    } catch (error) {
      throw new CommandFailedError(
        `no coordinator answers at ${this.baseUrl} (${reasonOf(error)}); start one, or set SKALD_URL`,
      );
    }
  }
}

/** The client for the coordinator named by SKALD_URL. @throws UsageError when that is not a URL. */
export function apiClient(env: Readonly<Record<string, string | undefined>>): ApiClient {
  const url = env['SKALD_URL'] ?? 'http://localhost:8080';
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new UsageError(`SKALD_URL is "${url}"; it has to be like http://localhost:8080`);
  }
  return new ApiClient(url);
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function problemText(problem: ApiProblem, status: number): string {
  const head = problem.detail ?? problem.title ?? `the coordinator answered with status ${status}`;
  return [head, ...(problem.problems ?? []).map((one) => `  ${one}`)].join('\n');
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
