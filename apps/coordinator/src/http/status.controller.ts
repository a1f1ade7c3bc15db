import { Controller, Get, Inject, Query as QueryParameters } from '@nestjs/common';
import { TellStatus, type ToldStatus } from '#libs/orchestration';
import { QueryReader, type Query } from './request-reading.js';
import { isoTime } from './iso-time.js';

/** How far something is, in words that may be told to anybody: no data, no names of participants. */
@Controller('status')
export class StatusController {
  constructor(@Inject(TellStatus) private readonly status: TellStatus) {}

  @Get()
  async tell(@QueryParameters() query: Query): Promise<unknown> {
    const reader = new QueryReader(query, ['definition', 'key']);
    const of = { definition: reader.required('definition'), key: reader.required('key') };
    return statusBody(await this.status.tell(of));
  }
}

function statusBody({ startedAt, endedAt, waitsFor, ...told }: ToldStatus) {
  return {
    ...told,
    startedAt: isoTime(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt) }),
    waitsFor: waitsFor.map(({ since, expectedAt, ...wait }) => ({
      ...wait,
      since: isoTime(since),
      ...(expectedAt === undefined ? {} : { expectedAt: isoTime(expectedAt) }),
    })),
  };
}
