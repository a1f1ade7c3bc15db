import {
  Body,
  Controller,
  Get,
  Headers,
  Inject,
  Param,
  Post,
  Query as QueryParameters,
  Res,
} from '@nestjs/common';
import type { HttpReply, RequestHeaders } from './http-exchange.js';
import { ListParked, OperatorStore, ResolveParked, type ParkedRequest } from '#libs/orchestration';
import { answerAction } from './action-answer.js';
import { lookIn } from './look-reading.js';
import { parkedBody } from './parked-body.js';
import {
  actorField,
  listLimit,
  modeField,
  objectBody,
  pathInteger,
  QueryReader,
  textField,
  type Query,
} from './request-reading.js';

interface Position {
  readonly topic: string;
  readonly part: string;
  readonly offset: string;
}

/** Records that could not be handled: looking at them and settling them. */
@Controller('parked')
export class ParkedController {
  constructor(
    @Inject(OperatorStore) private readonly store: OperatorStore,
    @Inject(ResolveParked) private readonly parked: ResolveParked,
    @Inject(ListParked) private readonly lists: ListParked,
  ) {}

  @Get()
  async list(@QueryParameters() query: Query, @Headers() headers: RequestHeaders): Promise<unknown> {
    const reader = new QueryReader(query, ['saga', 'limit', 'unmask', 'by', 'reason']);
    const saga = reader.text('saga');
    const filter = { limit: listLimit(reader), ...(saga === undefined ? {} : { saga }) };
    const rows = await this.lists.list(filter, lookIn(reader, headers));
    return { parked: rows.map(parkedBody) };
  }

  @Post(':topic/:part/:offset/redrive')
  redrive(
    @Param() at: Position,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<unknown> {
    return this.settle(at, 'redrive', body, reply);
  }

  @Post(':topic/:part/:offset/skip')
  skip(
    @Param() at: Position,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<unknown> {
    return this.settle(at, 'skip', body, reply);
  }

  private async settle(
    at: Position,
    decision: ParkedRequest['decision'],
    body: unknown,
    reply: HttpReply,
  ): Promise<unknown> {
    const fields = objectBody(body ?? {}, ['reason', 'mode', 'by']);
    const reason = textField(fields, 'reason');
    const mode = modeField(fields);
    const answer = await this.parked.resolve({
      topic: at.topic,
      part: pathInteger(at.part, 'the partition'),
      offset: pathInteger(at.offset, 'the offset'),
      decision,
      by: actorField(fields),
      ...(reason === undefined ? {} : { reason }),
      ...(mode === undefined ? {} : { mode }),
    });
    return answerAction(answer, reply, '/parked');
  }
}
