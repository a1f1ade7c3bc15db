import { UnsupportedMediaTypeException, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Log } from '#libs/messaging';
import { ProblemFilter } from './problem.filter.js';

/** How an application is made. */
export interface HttpApplicationOptions {
  readonly maxBodyBytes: number;
  readonly log: Log;
}

/** What an export is, line by line. */
export const portableType = 'application/x-ndjson';

/** The only path that takes one. */
export const importPath = '/import';

type RootModule = Parameters<typeof NestFactory.create>[0];

/** Makes the application of a root module: what it answers, how it fails, how large a body may be. Not started yet. */
export async function httpApplication(
  module: RootModule,
  options: HttpApplicationOptions,
): Promise<NestFastifyApplication> {
  const { maxBodyBytes: bodyLimit, log } = options;
  const adapter = new FastifyAdapter({ bodyLimit, routerOptions: { maxParamLength: 300 } });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLogger(log),
    abortOnError: false,
    // Signatures are made over bytes, not over what was read from them.
    rawBody: true,
  });
  for (const type of ['text/yaml', 'application/yaml', 'text/plain']) {
    app.useBodyParser(type, { bodyLimit }, (_request, body, done) => done(null, body.toString('utf8')));
  }
  // As large as it is: whoever reads it does so piece by piece. Anybody else would take the stream for a value.
  adapter.getInstance().addContentTypeParser(portableType, (request, body, done) => {
    if (request.routeOptions.url === importPath) return done(null, body);
    done(new UnsupportedMediaTypeException(`only POST ${importPath} takes ${portableType}`));
  });
  app.useGlobalFilters(new ProblemFilter(log));
  return app;
}

/** What the framework says about itself goes to our log, without its chatter at start. */
function nestLogger(log: Log): LoggerService {
  return {
    log: () => undefined,
    debug: () => undefined,
    verbose: () => undefined,
    warn: (message: unknown) => log.warn('framework warning', { reason: String(message) }),
    // What fails at start is thrown as well, and told there.
    error: (message: unknown) => log.debug('framework error', { reason: String(message) }),
    fatal: (message: unknown) => log.error('framework error', { reason: String(message) }),
  };
}
