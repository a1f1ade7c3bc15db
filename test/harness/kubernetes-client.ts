import { request } from 'node:https';

/** Anything a cluster is told. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** What the API server answers. */
export interface KubernetesAnswer {
  readonly status: number;
  readonly text: string;
  /** What it takes, but does not like: fields that go away, pods that a policy would refuse. */
  readonly warnings: readonly string[];
}

interface ServedKind {
  readonly kind: string;
  readonly name: string;
  readonly namespaced: boolean;
}

/** Asks an API server of Kubernetes. */
export class KubernetesClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly ca: string,
  ) {}

  /**
   * Server-side apply, in which a field that the server does not know is an error. With `dryRun` everything is
   * checked and admitted, and nothing is stored.
   */
  async apply(
    object: KubernetesObject,
    options: { readonly dryRun?: boolean } = {},
  ): Promise<KubernetesAnswer> {
    const search = new URLSearchParams({
      fieldManager: 'spec',
      fieldValidation: 'Strict',
      force: 'true',
      ...(options.dryRun === true && { dryRun: 'All' }),
    });
    const address = `${await this.addressOf(object)}?${search.toString()}`;
    return this.request('PATCH', address, object, 'application/apply-patch+yaml');
  }

  /** What is stored under the name of this object; undefined when nothing is. */
  async find<T extends KubernetesObject>(object: KubernetesObject): Promise<T | undefined> {
    const { status, text } = await this.request('GET', await this.addressOf(object));
    return status === 404 ? undefined : (JSON.parse(text) as T);
  }

  /** Whether objects of a kind can be told to it. */
  async serves(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.kinds(apiVersion)).some((served) => served.kind === kind);
  }

  /** Sends one request. Never throws for a status. */
  request(
    method: string,
    address: string,
    body?: object,
    type = 'application/json',
  ): Promise<KubernetesAnswer> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': type };
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(address, this.url),
        { method, headers, ca: this.ca, agent: false },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              text: Buffer.concat(parts).toString('utf8'),
              warnings: response.headersDistinct['warning'] ?? [],
            }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }

  private async addressOf({ apiVersion, kind, metadata }: KubernetesObject): Promise<string> {
    const served = (await this.kinds(apiVersion)).find(
      (each) => each.kind === kind && !each.name.includes('/'),
    );
    if (served === undefined) throw new Error(`the server does not know ${kind} of ${apiVersion}`);
    const { name, namespace = 'default' } = metadata;
    const where = served.namespaced ? `/namespaces/${namespace}` : '';
    return `${root(apiVersion)}${where}/${served.name}/${name}`;
  }

  private async kinds(apiVersion: string): Promise<readonly ServedKind[]> {
    const { status, text } = await this.request('GET', root(apiVersion));
    return status === 200
      ? (JSON.parse(text) as { readonly resources: readonly ServedKind[] }).resources
      : [];
  }
}

function root(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
