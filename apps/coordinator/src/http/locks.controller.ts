import { Controller, Get, Inject, Query as QueryParameters } from '@nestjs/common';
import { ListLocks, type LockView } from '#libs/orchestration';
import { QueryReader, type Query } from './request-reading.js';

/** Who holds which lock, and who waits for it. */
@Controller('locks')
export class LocksController {
  constructor(@Inject(ListLocks) private readonly lists: ListLocks) {}

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    const reader = new QueryReader(query, ['resource', 'saga', 'waited', 'limit']);
    const resource = reader.text('resource');
    const saga = reader.text('saga');
    const waited = reader.flag('waited');
    const limit = reader.integer('limit');
    const { locks, more } = await this.lists.list({
      ...(resource === undefined ? {} : { resource }),
      ...(saga === undefined ? {} : { saga }),
      ...(waited === undefined ? {} : { waited }),
      ...(limit === undefined ? {} : { limit }),
    });
    return { locks: locks.map(lockBody), more };
  }
}

function lockBody({ holder, waiting, ...lock }: LockView): object {
  return {
    ...lock,
    ...(holder && {
      holder: {
        ...holder,
        since: iso(holder.since),
        leasedUntil: iso(holder.leasedUntil),
        ...(holder.givesBackSince !== undefined && { givesBackSince: iso(holder.givesBackSince) }),
      },
    }),
    waiting: waiting.map((each) => ({ ...each, since: iso(each.since) })),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
