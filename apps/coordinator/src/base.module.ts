import { Module, type DynamicModule } from '@nestjs/common';
import { Clock, Log } from '#libs/messaging';
import type { Tracing } from '#libs/observability';
import { SagaTrace } from '#libs/orchestration';
import type { Configuration } from './configuration.js';
import { CONFIGURATION, TRACING } from './tokens.js';

/** What a process brings along before anything is connected. */
export interface Base {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
  readonly tracing: Tracing;
}

/** What everything stands on: settings, time, log and traces. */
@Module({})
export class BaseModule {
  static of({ configuration, clock, log, tracing }: Base): DynamicModule {
    const providers = [
      { provide: CONFIGURATION, useValue: configuration },
      { provide: Clock, useValue: clock },
      { provide: Log, useValue: log },
      { provide: TRACING, useValue: tracing },
      { provide: SagaTrace, useValue: tracing.saga },
    ];
    return { module: BaseModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
