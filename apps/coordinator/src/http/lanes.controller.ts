import { Controller, Get, Inject, Query as QueryParameters } from '@nestjs/common';
import { OperatorStore, type LaneSummary } from '#libs/orchestration';
import { QueryReader, type Query } from './request-reading.js';
import { isoTime } from './saga-body.js';

/** Where lanes stand and what gates kept out. */
@Controller()
export class LanesController {
  constructor(@Inject(OperatorStore) private readonly store: OperatorStore) {}

  @Get('lanes')
  async lanes(@QueryParameters() query: Query): Promise<unknown> {
    new QueryReader(query, []);
    return { lanes: (await this.store.lanes()).map(laneBody) };
  }

  @Get('gates')
  async gates(@QueryParameters() query: Query): Promise<unknown> {
    new QueryReader(query, []);
    return { gated: await this.store.gated() };
  }
}

function laneBody({ anchor, ...lane }: LaneSummary) {
  return anchor === undefined
    ? lane
    : { ...lane, lastRecord: { offset: anchor.offset, at: isoTime(anchor.timestamp) } };
}
