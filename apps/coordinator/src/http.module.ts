import { Module } from '@nestjs/common';
import { BoardController } from './http/board.controller.js';
import { DefinitionsController } from './http/definitions.controller.js';
import { DefinitionTextsController } from './http/definition-texts.controller.js';
import { HealthController } from './http/health.controller.js';
import { IncidentsController } from './http/incidents.controller.js';
import { MetricsController } from './http/metrics.controller.js';
import { KeysController } from './http/keys.controller.js';
import { LanesController } from './http/lanes.controller.js';
import { PausesController } from './http/pauses.controller.js';
import { ParticipantsController } from './http/participants.controller.js';
import { ParkedController } from './http/parked.controller.js';
import { QualityController } from './http/quality.controller.js';
import { ReleasesController } from './http/releases.controller.js';
import { SagasController } from './http/sagas.controller.js';
import { FactsController } from './http/facts.controller.js';
import { LocksController } from './http/locks.controller.js';
import { TasksController } from './http/tasks.controller.js';
import { TriggersController } from './http/triggers.controller.js';
import { TogglesController } from './http/toggles.controller.js';
import { StatusController } from './http/status.controller.js';
import { DecisionsController } from './http/decisions.controller.js';
import { TracesController } from './http/traces.controller.js';
import { StalledController } from './http/stalled.controller.js';
import { TimeController } from './http/time.controller.js';
import { TransferController } from './http/transfer.controller.js';
import { CoordinatorModule } from './coordinator.module.js';
import { OperationsModule } from './operations.module.js';

/** The HTTP API. */
@Module({
  imports: [OperationsModule, CoordinatorModule],
  controllers: [
    SagasController,
    FactsController,
    LocksController,
    TasksController,
    ParkedController,
    ParticipantsController,
    IncidentsController,
    LanesController,
    KeysController,
    StatusController,
    DefinitionsController,
    DefinitionTextsController,
    TogglesController,
    PausesController,
    QualityController,
    StalledController,
    TimeController,
    BoardController,
    ReleasesController,
    TriggersController,
    DecisionsController,
    TracesController,
    TransferController,
    HealthController,
    MetricsController,
  ],
})
export class HttpModule {}
