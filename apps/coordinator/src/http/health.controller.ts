import { Controller, Get, HttpStatus, Inject, Res } from '@nestjs/common';
import type { HttpReply } from './http-exchange.js';
import { Readiness } from './readiness.js';

/** Probes of whoever keeps the process running. */
@Controller('health')
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  /** The process answers. */
  @Get('live')
  live(): unknown {
    return { status: 'up' };
  }

  /** It can do its work. A rebalance of lanes does not change that. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: HttpReply): Promise<unknown> {
    const checks = await this.readiness.check();
    const isReady = Object.values(checks).every((check) => check === 'up');
    void reply.status(isReady ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return { status: isReady ? 'up' : 'down', checks };
  }
}
