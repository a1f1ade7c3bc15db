import { Controller, Get, Header, HttpStatus, Inject, Res } from '@nestjs/common';
import { metricsContentType } from '#libs/observability';
import { Surroundings } from '../ports.js';
import type { HttpReply } from './http-exchange.js';

/** What Prometheus fetches. */
@Controller()
export class MetricsController {
  constructor(@Inject(Surroundings) private readonly surroundings: Surroundings) {}

  /** Everything this process counts, and what the stores say of the installation; 404 when metrics are off. */
  @Get('metrics')
  @Header('content-type', metricsContentType)
  async metrics(@Res({ passthrough: true }) reply: HttpReply): Promise<string> {
    const page = await this.surroundings.metrics.page();
    if (page === undefined) void reply.status(HttpStatus.NOT_FOUND);
    return page ?? 'metrics are off: OTEL_METRICS_EXPORTER is none, or OTEL_SDK_DISABLED is true\n';
  }
}
