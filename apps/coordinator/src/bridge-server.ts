import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsContentType, type Metrics } from '#libs/observability';

/** Answers the probes of whoever runs a bridge, and shows its metrics. */
export class BridgeServer {
  private readonly server: Server;

  constructor(
    private readonly at: { readonly host: string; readonly port: number },
    private readonly metrics: Pick<Metrics, 'page'>,
  ) {
    this.server = createServer(({ url }, response) => void this.answer(url, response));
  }

  /** Listens from now on; answers the port. @throws why it cannot. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.at.port, this.at.host, resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Listens no more. Safe twice and before `start`. */
  stop(): void {
    this.server.close();
  }

  private async answer(url: string | undefined, response: ServerResponse): Promise<void> {
    try {
      const page = url === '/metrics' ? await this.metrics.page() : undefined;
      const isProbe = url === '/health/live' || url === '/health/ready';
      response.statusCode = isProbe || page !== undefined ? 200 : 404;
      if (page !== undefined) response.setHeader('content-type', metricsContentType);
      response.end(page);
    } catch {
      response.statusCode = 500;
      response.end();
    }
  }
}
