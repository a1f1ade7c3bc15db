import { Controller, Get, Inject, Query as QueryParameters } from '@nestjs/common';
import { ReportTime } from '#libs/orchestration';
import { present, QueryReader, type Query } from './request-reading.js';

/** What the time of sagas went to. */
@Controller('time')
export class TimeController {
  constructor(@Inject(ReportTime) private readonly time: ReportTime) {}

  @Get()
  async report(@QueryParameters() query: Query): Promise<unknown> {
    const reader = new QueryReader(query, ['definition', 'days']);
    const filter = present({ definition: reader.text('definition'), days: reader.integer('days') });
    return { time: await this.time.report(filter) };
  }
}
