import { Module, type DynamicModule } from '@nestjs/common';
import { Clock, Log } from '#libs/messaging';
import { NoSagaTrace, SagaTrace } from '#libs/orchestration';
import type { Configuration } from './configuration.js';
import { CONFIGURATION } from './tokens.js';

/** What everything stands on: settings, time, log and traces. */
@Module({})
export class BaseModule {
  static of(configuration: Configuration, clock: Clock, log: Log): DynamicModule {
    const providers = [
      { provide: CONFIGURATION, useValue: configuration },
      { provide: Clock, useValue: clock },
      { provide: Log, useValue: log },
      { provide: SagaTrace, useValue: new NoSagaTrace() },
    ];
    return { module: BaseModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
