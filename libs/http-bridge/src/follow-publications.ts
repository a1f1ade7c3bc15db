import type { CancelTimer, Clock, Log } from '#libs/messaging';
import { publishedContracts, type DefinitionStore } from '#libs/orchestration';
import type { HttpBridge } from './http-bridge.js';
import { httpParticipants, type HttpParticipant } from './http-participant.js';

/** What {@link FollowPublications} works with. */
export interface FollowPublicationsOptions {
  readonly store: DefinitionStore;
  readonly bridge: HttpBridge;
  readonly clock: Clock;
  readonly log: Log;
  /** How often the store is asked for something new. Default 2,000. */
  readonly pollMs?: number;
}

/** Keeps a bridge serving what the published contracts say. */
export class FollowPublications {
  private revision = -1;
  private participants: readonly HttpParticipant[] = [];
  private isServed = false;
  private isRunning = false;
  private cancelPoll: CancelTimer | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly options: FollowPublicationsOptions) {}

  /** Serves what is published and keeps looking. @throws what went wrong with the first look. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    await this.look();
    this.isRunning = true;
    this.schedule();
  }

  /** Stops looking; what is served goes on. Safe twice. */
  async stop(): Promise<void> {
    this.isRunning = false;
    this.cancelPoll?.();
    await this.looking;
  }

  private async look(): Promise<void> {
    const { store, bridge } = this.options;
    if ((await store.revision()) !== this.revision) {
      const publication = await store.load();
      this.participants = httpParticipants(publishedContracts(publication));
      this.revision = publication.revision;
      this.isServed = false;
    }
    if (!this.isServed) this.isServed = await bridge.follow(this.participants);
  }

  private schedule(): void {
    if (!this.isRunning) return;
    const { clock, log, pollMs = 2_000 } = this.options;
    this.cancelPoll = clock.after(pollMs, () => {
      this.looking = this.look()
        // What was published before is served on.
        .catch((error: unknown) => log.warn('contracts could not be looked up', { reason: String(error) }))
        .then(() => this.schedule());
    });
  }
}
