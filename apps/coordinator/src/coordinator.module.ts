import { Module } from '@nestjs/common';
import { FieldKeys } from '#libs/messaging';
import { Coordinator, LoadedDefinitions, MoveLane, type Installation } from '#libs/orchestration';
import { Readiness } from './http/readiness.js';
import { Lifecycle } from './lifecycle.js';
import { OperationsModule } from './operations.module.js';
import { Surroundings, INSTALLATION, Stores, Traffic } from './ports.js';

function coordinator(
  { configuration, clock, log, tracing, metrics }: Surroundings,
  { lanes, housekeeping, operators }: Stores,
  traffic: Traffic,
  installation: Installation,
  definitions: LoadedDefinitions,
  fieldKeys: FieldKeys,
): Coordinator {
  const { keyring, owner, lanes: settings, backlogLimit, keep: housekeepingSettings } = configuration;
  return new Coordinator({
    installation,
    keyring,
    fieldKeys,
    definitions,
    lanes,
    housekeeping,
    operators,
    homeSource: traffic.home(installation.homeTopic, installation.group),
    domainSource: (topics) => traffic.domain(topics, installation.gateGroup),
    laneSink: traffic.laneSink,
    gateSink: traffic.homeSink,
    clock,
    log,
    owner,
    trace: tracing.saga,
    metrics: metrics.saga,
    settings,
    backlogLimit,
    housekeepingSettings,
  });
}

/** Lanes, gates and housekeeping of this process, and their life. */
@Module({
  imports: [OperationsModule],
  providers: [
    {
      provide: Coordinator,
      useFactory: coordinator,
      inject: [Surroundings, Stores, Traffic, INSTALLATION, LoadedDefinitions, FieldKeys],
    },
    { provide: MoveLane, useFactory: ({ moveLane }: Coordinator) => moveLane, inject: [Coordinator] },
    {
      provide: Readiness,
      useFactory: ({ clock }: Surroundings, { definitions }: Stores, life: Lifecycle) =>
        new Readiness(life, definitions, clock),
      inject: [Surroundings, Stores, Lifecycle],
    },
    Lifecycle,
  ],
  exports: [Readiness, MoveLane],
})
export class CoordinatorModule {}
