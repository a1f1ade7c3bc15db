import { Controller, Get, Inject, Query as QueryParameters } from '@nestjs/common';
import { OperatorStore } from '#libs/orchestration';
import { listLimit, QueryReader, type Query } from './request-reading.js';
import { incidentBody } from './saga-body.js';

/** What waits for a person, newest first. */
@Controller('incidents')
export class IncidentsController {
  constructor(@Inject(OperatorStore) private readonly store: OperatorStore) {}

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    const reader = new QueryReader(query, ['open', 'saga', 'limit']);
    const saga = reader.text('saga');
    const filter = {
      open: reader.flag('open') ?? true,
      limit: listLimit(reader),
      ...(saga === undefined ? {} : { saga }),
    };
    return { incidents: (await this.store.incidents(filter)).map(incidentBody) };
  }
}
