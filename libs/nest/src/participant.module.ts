import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { ParticipantStrategy, type ParticipantOptions } from './participant-strategy.js';

/** How the parts of a participant are made by dependency injection. */
export interface ParticipantModuleOptions<Transaction> {
  /** `inventory`: the participant's name, and part of the injection token of its strategy. */
  readonly name: string;
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: FactoryProvider['inject'];
  // What is injected is known to Nest only.
  readonly useFactory: (
    ...injected: never[]
  ) => Omit<ParticipantOptions<Transaction>, 'name'> | Promise<Omit<ParticipantOptions<Transaction>, 'name'>>;
}

/** The injection token of a participant's {@link ParticipantStrategy}. */
export function participantToken(name: string): string {
  return `skald participant ${name}`;
}

/**
 * Makes the strategy of a participant from what the application injects. The application then connects it:
 *
 * ```ts
 * const app = await NestFactory.create(ShopModule);
 * app.connectMicroservice({ strategy: app.get(participantToken('inventory')) });
 * app.enableShutdownHooks();
 * await app.startAllMicroservices();
 * ```
 */
@Module({})
export class ParticipantModule {
  static register<Transaction>(options: ParticipantModuleOptions<Transaction>): DynamicModule {
    const { name, imports, inject, useFactory } = options;
    const token = participantToken(name);
    const strategy = {
      provide: token,
      inject: inject ?? [],
      useFactory: async (...injected: never[]) =>
        new ParticipantStrategy({ name, ...(await useFactory(...injected)) }),
    };
    return { module: ParticipantModule, imports: imports ?? [], providers: [strategy], exports: [token] };
  }
}
