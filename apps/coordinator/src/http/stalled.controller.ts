import { Controller, Get, Inject, Query as QueryParameters } from '@nestjs/common';
import { ListStalled } from '#libs/orchestration';
import { QueryReader, type Query } from './request-reading.js';
import { stallBody } from './saga-body.js';

/** Sagas that stand still. */
@Controller('stalled')
export class StalledController {
  constructor(@Inject(ListStalled) private readonly stalled: ListStalled) {}

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    const { sagas, more } = await this.stalled.list(
      new QueryReader(query, ['definition']).text('definition'),
    );
    return { sagas: sagas.map(({ stalled, ...saga }) => ({ ...saga, stalled: stallBody(stalled) })), more };
  }
}
