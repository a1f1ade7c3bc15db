import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HttpReply, HttpRequest } from './http-exchange.js';
import type { Log } from '#libs/messaging';
import { problemOf } from './problem-details.js';

/** Turns every error into problem details. Only what is our own fault is logged, and never with a body or a header. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<HttpRequest>();
    const reply = host.switchToHttp().getResponse<HttpReply>();
    const problem = problemOf(error);
    if (problem.status >= 500) this.report(error, request, problem.status);
    if (problem.status === 503) void reply.header('retry-after', '1');
    const instance = request.url.split('?', 1)[0]!;
    void reply
      .status(problem.status)
      .type('application/problem+json')
      .send(JSON.stringify({ ...problem, instance }));
  }

  private report(error: unknown, request: HttpRequest, status: number): void {
    const route = request.routeOptions?.url ?? 'none';
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const stack = error instanceof Error && status === 500 ? error.stack : undefined;
    this.log.error('an HTTP request failed', { method: request.method, route, status, reason, stack });
  }
}
