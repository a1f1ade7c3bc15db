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
  invalid,
  listLimit,
  objectBody,
  present,
  QueryReader,
  textField,
  type Query,
} from './request-reading.js';
import { isoTime } from './saga-body.js';
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
    const takenAt = timeOf(textField(fields, 'takenAt', 40), 'takenAt');
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
      from: timeOf(reader.required('from'), 'from')!,
      until: timeOf(reader.required('until'), 'until')!,
      limit: listLimit(reader),
      ...(after !== undefined && { after: sagaId(after) }),
    });
  }
}

function linesIn(operations: unknown): readonly unknown[] {
  if (Array.isArray(operations) && operations.length <= linesMost) return operations;
  throw invalid(`operations has to be a list of at most ${linesMost} lines`);
}

function timeOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at) || at < 0) throw invalid(`${name} has to be a time in ISO 8601`);
  return at;
}
