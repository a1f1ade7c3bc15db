import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '#libs/messaging';
import type { Tracing } from '#libs/observability';
import { Coordinator, LoadedDefinitions, PublishDefinitions } from '#libs/orchestration';
import type { Configuration } from './configuration.js';
import { readDefinitionFolder } from './definition-folder.js';
import type { LanesLife } from './http/readiness.js';
import { CONFIGURATION, Connections, TRACING } from './tokens.js';

/**
 * Starts what lives long in the order it needs, and stops it in the other.
 *
 * Joining the consumer groups is not waited for: the process answers its probes meanwhile, and is ready when it has
 * its lanes.
 */
@Injectable()
export class Lifecycle implements LanesLife, OnApplicationBootstrap, OnApplicationShutdown {
  private phase: 'starting' | 'running' | 'stopping' = 'starting';
  private starting: Promise<void> | undefined;

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(LoadedDefinitions) private readonly definitions: LoadedDefinitions,
    @Inject(PublishDefinitions) private readonly publications: PublishDefinitions,
    @Inject(Coordinator) private readonly coordinator: Coordinator,
    @Inject(Connections) private readonly connections: Connections,
    @Inject(TRACING) private readonly tracing: Tracing,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Called when the coordinator cannot go on; the process should end then. */
  onFatal: (error: unknown) => void = () => undefined;

  /** What readiness is about. */
  get state(): LanesLife['state'] {
    if (this.phase === 'stopping') return 'stopping';
    return this.phase === 'running' && this.coordinator.isReady ? 'working' : 'joining';
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.publishFolder();
    await this.definitions.start();
    this.starting = this.coordinator.start().then(
      () => this.started(),
      (error: unknown) => this.onFatal(error),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.phase = 'stopping';
    // A coordinator that is still joining its groups has to be through with it before it can leave them.
    await this.starting;
    await this.coordinator.stop();
    await this.definitions.stop();
    await this.connections.close();
    await this.tracing.stop();
    this.log.info('coordinator stopped');
  }

  private started(): void {
    if (this.phase !== 'starting') return;
    this.phase = 'running';
    this.log.info('coordinator running', { installation: this.configuration.installation, owner: this.configuration.owner });
  }

  private async publishFolder(): Promise<void> {
    const folder = this.configuration.definitionsFolder;
    if (folder === undefined) return;
    const { documents, topicsCreated, warnings } = await this.publications.publish({ files: readDefinitionFolder(folder), by: 'start' });
    for (const warning of warnings) this.log.warn('definition warning', { warning });
    const published = documents.filter(({ isNew }) => isNew).length;
    this.log.info('definitions published', { folder, documents: documents.length, new: published, topicsCreated: topicsCreated.join(' ') });
  }
}
