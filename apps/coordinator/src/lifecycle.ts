import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { waitFor } from '#libs/messaging';
import { Coordinator, LoadedDefinitions, PublishDefinitions } from '#libs/orchestration';
import { readDefinitionFolder } from './definition-folder.js';
import type { LanesLife } from './http/readiness.js';
import { Surroundings, Stores } from './ports.js';

const joinWithinMs = 5_000;

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
    @Inject(Surroundings) private readonly surroundings: Surroundings,
    @Inject(Stores) private readonly stores: Stores,
    @Inject(LoadedDefinitions) private readonly definitions: LoadedDefinitions,
    @Inject(PublishDefinitions) private readonly publications: PublishDefinitions,
    @Inject(Coordinator) private readonly coordinator: Coordinator,
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
    this.coordinator.onFatal = (error) => this.onFatal(error);
    this.starting = this.coordinator.start().then(
      () => this.started(),
      (error: unknown) => this.onFatal(error),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.phase = 'stopping';
    // A coordinator that is still joining its groups is through with it first, if the broker lets it.
    await Promise.race([this.starting, waitFor(this.surroundings.clock, joinWithinMs)]);
    await this.coordinator.stop();
    await this.definitions.stop();
    await this.stores.stop();
    await this.surroundings.tracing.stop();
    await this.surroundings.metrics.stop();
    this.surroundings.log.info('coordinator stopped');
  }

  private started(): void {
    if (this.phase !== 'starting') return;
    this.phase = 'running';
    const { installation, owner } = this.surroundings.configuration;
    this.surroundings.log.info('coordinator running', { installation, owner });
  }

  private async publishFolder(): Promise<void> {
    const { configuration, log } = this.surroundings;
    const folder = configuration.definitionsFolder;
    if (folder === undefined) return;
    const files = readDefinitionFolder(folder);
    const { documents, topicsCreated, warnings } = await this.publications.publish({ files, by: 'start' });
    for (const warning of warnings) log.warn('definition warning', { warning });
    const published = documents.filter(({ isNew }) => isNew).length;
    log.info('definitions published', {
      folder,
      documents: documents.length,
      new: published,
      topicsCreated: topicsCreated.join(' '),
    });
  }
}
