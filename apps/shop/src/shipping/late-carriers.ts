import type { Pool, PoolClient } from 'pg';
import type { CancelTimer, Clock, Log } from '#libs/messaging';
import type { Participant } from '#libs/participant';
import { arrange } from './shipping-handlers.js';

const everyMs = 250;

/** The carriers that answer later: arranges what was accepted once its time has come, also after a restart. */
export class LateCarriers {
  private timer: CancelTimer | undefined;
  private turn: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly pool: Pool,
    private readonly participant: Participant<PoolClient>,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  start(): void {
    this.timer = this.clock.after(everyMs, () => {
      this.turn = this.arrangeDue()
        .catch((error: unknown) =>
          this.log.warn('late shipments were not arranged', { reason: String(error) }),
        )
        .finally(() => {
          if (!this.isStopped) this.start();
        });
    });
  }

  /** Lets the turn under way end. Safe twice. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.timer?.();
    await this.turn;
  }

  private async arrangeDue(): Promise<void> {
    const { rows } = await this.pool.query<{ operation: string; order_id: string; postcode: string }>(
      'select operation, order_id, postcode from shipping.request where due_at <= $1 order by due_at limit 100',
      [new Date(this.clock.now())],
    );
    for (const { operation, order_id: orderId, postcode } of rows) {
      const result = await this.participant.complete(operation, async (client) => {
        await client.query('delete from shipping.request where operation = $1', [operation]);
        return arrange({ orderId, postcode }, operation, client);
      });
      if (result.kind === 'not-open') await this.drop(operation);
    }
  }

  /** It was withdrawn or answered meanwhile: nothing is left to arrange. */
  private async drop(operation: string): Promise<void> {
    await this.pool.query('delete from shipping.request where operation = $1', [operation]);
  }
}
