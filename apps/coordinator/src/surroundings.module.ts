import { Module, type DynamicModule } from '@nestjs/common';
import { Surroundings } from './ports.js';

/** What everything stands on: settings, time, log and traces. */
@Module({})
export class SurroundingsModule {
  static of(surroundings: Surroundings): DynamicModule {
    return {
      module: SurroundingsModule,
      global: true,
      providers: [{ provide: Surroundings, useValue: surroundings }],
      exports: [Surroundings],
    };
  }
}
