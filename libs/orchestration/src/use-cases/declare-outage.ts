import type { Instant, Json } from '#libs/messaging';
import { deskRecord } from '../desks/desk-record.js';
import { taskDeskKind, taskTag, type TaskOutageMessage } from '../desks/task-messages.js';
import type { OperatorStore } from '../operator-store.js';
import type { HomeMailbox } from './home-mailbox.js';
import { RequestError } from './request-error.js';

/** A time in which people could not reach their tasks. */
export interface Outage {
  readonly from: Instant;
  /** Absent: they still cannot; say it again with a `to` when they can. */
  readonly to?: Instant;
}

const pageSize = 500;

/**
 * Lets the clocks of all open tasks stand still for a time, because nobody could answer in it.
 *
 * It may be told while it lasts or afterwards. Repeating it is harmless for what stands still already.
 */
export class DeclareOutage {
  constructor(
    private readonly store: OperatorStore,
    private readonly mailbox: HomeMailbox,
  ) {}

  /** How many tasks were told. @throws RequestError when the times make no sense. */
  async declare({ from, to }: Outage): Promise<number> {
    if (to !== undefined && to <= from)
      throw new RequestError('INVALID_REQUEST', 'an outage ends after it began; turn `from` and `to` round');
    const message: TaskOutageMessage = { kind: 'outage', from, ...(to === undefined ? {} : { to }) };
    let told = 0;
    let after: string | undefined;
    for (;;) {
      const page = await this.store.desks({
        kind: taskDeskKind,
        tag: taskTag.open,
        limit: pageSize,
        ...(after === undefined ? {} : { after }),
      });
      await Promise.all(
        page.map(({ key }) => this.mailbox.put(deskRecord(taskDeskKind, key, message as unknown as Json))),
      );
      told += page.length;
      after = page.at(-1)?.id;
      if (page.length < pageSize) return told;
    }
  }
}
