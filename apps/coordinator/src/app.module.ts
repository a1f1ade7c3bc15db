import { Module, type DynamicModule } from '@nestjs/common';
import { HttpModule } from './http.module.js';

/** The whole service over the ports it is given: real ones in production, those in memory in specs. */
@Module({})
export class AppModule {
  static over(...ports: readonly DynamicModule[]): DynamicModule {
    return { module: AppModule, imports: [...ports, HttpModule] };
  }
}
