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
import { CompareOperations, ListOperations } from '#libs/orchestration';
import {
  instantField,
  invalid,
  listLimit,
  objectBody,
  present,
  QueryReader,
  type Query,
} from './request-reading.js';
import { isoTime } from './iso-time.js';
import { sagaId } from './saga-id.js';

const linesMost = 500;

/** What participants were asked for, and how far they agree with their sagas about it. Nothing is changed. */
@Controller('participants/:participant')
export class ParticipantsController {
  constructor(
    @Inject(CompareOperations) private readonly comparing: CompareOperations,
    @Inject(ListOperations) private readonly listing: ListOperations,
  ) {}

  /** A part of a participant's own list: up to 500 lines at a time. */
  @Post('comparison')
  @HttpCode(200)
  async compare(@Param('participant') participant: string, @Body() body: unknown): Promise<unknown> {
    const fields = objectBody(body, ['operations', 'takenAt']);
    const takenAt = instantField(fields, 'takenAt');
    const comparison = await this.comparing.compare({
      participant,
      lines: linesIn(fields['operations']),
      ...present({ takenAt }),
    });
    const differences = comparison.differences.map(({ since, ...difference }) => ({
      ...difference,
      ...(since !== undefined && { since: isoTime(since) }),
    }));
    return { ...comparison, differences };
  }

  /** A page is so many sagas, with everything that each of them has asked for. */
  @Get('operations')
  async list(@Param('participant') participant: string, @QueryParameters() query: Query): Promise<unknown> {
    const reader = new QueryReader(query, ['from', 'until', 'after', 'limit']);
    const after = reader.text('after');
    return this.listing.list({
      participant,
      from: reader.requiredInstant('from'),
      until: reader.requiredInstant('until'),
      limit: listLimit(reader),
      ...(after !== undefined && { after: sagaId(after) }),
    });
  }
}

function linesIn(operations: unknown): readonly unknown[] {
  if (Array.isArray(operations) && operations.length <= linesMost) return operations;
  throw invalid(`operations has to be a list of at most ${linesMost} lines`);
}
