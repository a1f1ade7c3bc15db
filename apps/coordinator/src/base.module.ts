import { Module, type DynamicModule } from '@nestjs/common';
import { Base } from './ports.js';

/** What everything stands on: settings, time, log and traces. */
@Module({})
export class BaseModule {
  static of(base: Base): DynamicModule {
    return { module: BaseModule, global: true, providers: [{ provide: Base, useValue: base }], exports: [Base] };
  }
}
