import { Controller, Get, Inject, Query as QueryParameters } from '@nestjs/common';
import { ListLocks, type LockView } from '#libs/orchestration';
import { present, QueryReader, type Query } from './request-reading.js';
import { isoTime } from './iso-time.js';

/** Who holds which lock, and who waits for it. */
@Controller('locks')
export class LocksController {
  constructor(@Inject(ListLocks) private readonly lists: ListLocks) {}

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    const reader = new QueryReader(query, ['resource', 'saga', 'waited', 'limit']);
    const filter = {
      resource: reader.text('resource'),
      saga: reader.text('saga'),
      waited: reader.flag('waited'),
      limit: reader.integer('limit'),
    };
    const { locks, more } = await this.lists.list(present(filter));
    return { locks: locks.map(lockBody), more };
  }
}

function lockBody({ holder, waiting, ...lock }: LockView): object {
  return {
    ...lock,
    ...(holder && {
      holder: {
        ...holder,
        since: isoTime(holder.since),
        leasedUntil: isoTime(holder.leasedUntil),
        ...(holder.givesBackSince !== undefined && { givesBackSince: isoTime(holder.givesBackSince) }),
      },
    }),
    waiting: waiting.map((each) => ({ ...each, since: isoTime(each.since) })),
  };
}
