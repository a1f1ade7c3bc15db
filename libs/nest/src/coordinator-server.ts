import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Coordinator } from '#libs/orchestration';

/** The transport of a coordinator's inputs. */
export const COORDINATOR_TRANSPORT = Symbol('skald coordinator');

/**
 * The inputs of a coordinator as a transport strategy of a Nest application: home partitions, domain topics and due
 * timers begin to flow when the application listens, and are drained when it closes.
 *
 * No record passes through a Nest handler: lanes take whole batches, and what moves a saga is decided by its definition,
 * not by a controller.
 */
export class CoordinatorServer extends Server implements CustomTransportStrategy {
  override readonly transportId = COORDINATOR_TRANSPORT;

  constructor(private readonly coordinator: Pick<Coordinator, 'start' | 'stop'>) {
    super();
  }

  listen(listening: (error?: unknown) => void): void {
    this._status$.next('joining');
    this.coordinator.start().then(
      () => {
        this._status$.next('running');
        listening();
      },
      (error: unknown) => listening(error),
    );
  }

  /** Takes in nothing new, finishes and publishes what is under way, leaves the groups. Safe twice and before `listen`. */
  async close(): Promise<void> {
    await this.coordinator.stop();
    this._status$.next('stopped');
  }

  /** Nest offers handlers without a transport of their own to every server; this one has no use for any. */
  override addHandler(): void {
    // Left out on purpose.
  }

  override on(event: string): never {
    throw new Error(`a coordinator has no event "${event}"; subscribe to its status instead`);
  }

  override unwrap<T>(): T {
    return this.coordinator as T;
  }
}
