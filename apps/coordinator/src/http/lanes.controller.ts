import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query as QueryParameters,
} from '@nestjs/common';
import { MoveLane, OperatorStore, type LaneMove, type LaneSummary } from '#libs/orchestration';
import {
  actorField,
  invalid,
  objectBody,
  pathInteger,
  QueryReader,
  reasonField,
  type Query,
} from './request-reading.js';
import { isoTime } from './iso-time.js';

/** Where lanes stand and what gates kept out. */
@Controller()
export class LanesController {
  constructor(
    @Inject(OperatorStore) private readonly store: OperatorStore,
    @Inject(MoveLane) private readonly mover: MoveLane,
  ) {}

  @Get('lanes')
  async lanes(@QueryParameters() query: Query): Promise<unknown> {
    new QueryReader(query, []);
    return { lanes: (await this.store.lanes()).map(laneBody) };
  }

  /** Lets a halted lane go on: `to` is an offset, `start` or `end`. */
  @Post('lanes/:topic/:part/move')
  @HttpCode(200)
  async move(
    @Param() at: { readonly topic: string; readonly part: string },
    @Body() body: unknown,
  ): Promise<unknown> {
    const fields = objectBody(body ?? {}, ['to', 'by', 'reason']);
    const reason = reasonField(fields);
    const nextOffset = await this.mover.move({
      topic: at.topic,
      part: pathInteger(at.part, 'the partition'),
      to: target(fields['to']),
      by: actorField(fields),
      reason,
    });
    return { topic: at.topic, part: Number(at.part), nextOffset };
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

function target(to: unknown): LaneMove['to'] {
  if (to === 'start' || to === 'end') return to;
  if (typeof to === 'number' && Number.isSafeInteger(to) && to >= 0) return to;
  throw invalid('to has to be an offset, "start" or "end"');
}
