import { Module } from '@nestjs/common';
import { Clock, CommandSink, Log } from '#libs/messaging';
import {
  Coordinator,
  DefinitionStore,
  HousekeepingStore,
  LaneStore,
  LoadedDefinitions,
  OperatorStore,
  SagaTrace,
  type Installation,
} from '#libs/orchestration';
import type { Configuration } from './configuration.js';
import { Readiness } from './http/readiness.js';
import { Lifecycle } from './lifecycle.js';
import { OperationsModule } from './operations.module.js';
import { CONFIGURATION, INSTALLATION, Sinks, Sources } from './tokens.js';

/** Lanes, gates and housekeeping of this process, and their life. */
@Module({
  imports: [OperationsModule],
  providers: [
    {
      provide: Coordinator,
      useFactory: (
        configuration: Configuration,
        installation: Installation,
        definitions: LoadedDefinitions,
        lanes: LaneStore,
        housekeeping: HousekeepingStore,
        operators: OperatorStore,
        sources: Sources,
        sinks: Sinks,
        gateSink: CommandSink,
        clock: Clock,
        log: Log,
        trace: SagaTrace,
      ) =>
        new Coordinator({
          installation,
          keyring: configuration.keyring,
          definitions,
          lanes,
          housekeeping,
          operators,
          homeSource: sources.home(installation.homeTopic, installation.group),
          domainSource: (topics) => sources.domain(topics, installation.gateGroup),
          laneSink: sinks.make(),
          gateSink,
          clock,
          log,
          owner: configuration.owner,
          trace,
          settings: configuration.lanes,
          backlogLimit: configuration.backlogLimit,
        }),
      inject: [
        CONFIGURATION,
        INSTALLATION,
        LoadedDefinitions,
        LaneStore,
        HousekeepingStore,
        OperatorStore,
        Sources,
        Sinks,
        CommandSink,
        Clock,
        Log,
        SagaTrace,
      ],
    },
    {
      provide: Readiness,
      useFactory: (lifecycle: Lifecycle, store: DefinitionStore, clock: Clock) => new Readiness(lifecycle, store, clock),
      inject: [Lifecycle, DefinitionStore, Clock],
    },
    Lifecycle,
  ],
  exports: [Readiness, Lifecycle],
})
export class CoordinatorModule {}
