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
import { header, traceStarts, type Json, type TraceHeaders } from '#libs/messaging';
import {
  ExplainWaiting,
  GetSaga,
  ListSagas,
  operatorActions,
  RequestAction,
  StartSaga,
  type ListFilter,
} from '#libs/orchestration';
import { answerAction } from './action-answer.js';
import { askerIn, lookIn } from './look-reading.js';
import {
  actorField,
  invalid,
  modeField,
  objectBody,
  present,
  QueryReader,
  textField,
  type Query,
} from './request-reading.js';
import { whyBody } from './why-body.js';
import { executionBody, sagaBody, summaryBody } from './saga-body.js';
import { sagaId } from './saga-id.js';
import { startAnswer } from './start-answer.js';

const statuses = ['running', 'compensating', 'completed', 'compensated', 'cancelled'] as const;

/** Starting, finding, showing and repairing sagas. */
@Controller('sagas')
export class SagasController {
  constructor(
    @Inject(StartSaga) private readonly starts: StartSaga,
    @Inject(ListSagas) private readonly lists: ListSagas,
    @Inject(GetSaga) private readonly gets: GetSaga,
    @Inject(ExplainWaiting) private readonly explains: ExplainWaiting,
    @Inject(RequestAction) private readonly actions: RequestAction,
  ) {}

  @Post(':definition')
  async start(
    @Param('definition') definition: string,
    @Headers() headers: RequestHeaders,
    @QueryParameters() query: Query,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<unknown> {
    const idempotencyKey = headers['idempotency-key'];
    if (idempotencyKey === undefined) {
      throw invalid(
        'the header Idempotency-Key is missing: choose one for each saga you want, and repeat it when you repeat the request',
      );
    }
    // A request without a body is a start with the input null.
    const input = (body ?? null) as Json;
    const asker = askerIn(new QueryReader(query, ['by', 'reason']), headers);
    const trace = traceOf(headers);
    const answer = await this.starts.start({
      definition,
      input,
      idempotencyKey,
      trace,
      ...present({ asker }),
    });
    return startAnswer(answer, definition, reply);
  }

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    const { sagas, next } = await this.lists.list(filterOf(query));
    return { sagas: sagas.map(summaryBody), ...(next === undefined ? {} : { next }) };
  }

  @Get(':id')
  async get(
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @QueryParameters() query: Query,
  ): Promise<unknown> {
    return sagaBody(
      await this.gets.get(sagaId(id), lookIn(new QueryReader(query, ['unmask', 'by', 'reason']), headers)),
    );
  }

  /** What was carried out for it, by system, agent, person or clock alike: input, output, log and times. */
  @Get(':id/executions')
  async executions(
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @QueryParameters() query: Query,
  ): Promise<unknown> {
    const look = lookIn(new QueryReader(query, ['unmask', 'by', 'reason']), headers);
    return { executions: (await this.gets.executions(sagaId(id), look)).map(executionBody) };
  }

  /** What it took: calls by participant, the time of people, and what was used up. */
  @Get(':id/cost')
  async cost(
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @QueryParameters() query: Query,
  ): Promise<unknown> {
    return this.gets.cost(sagaId(id), lookIn(new QueryReader(query, ['unmask', 'by', 'reason']), headers));
  }

  /** Why it does not go on: what it waits for, who can help, and what those wait for. */
  @Get(':id/why')
  async why(@Param('id') id: string): Promise<unknown> {
    return whyBody(await this.explains.explain(sagaId(id)));
  }

  @Post(':id/actions')
  async act(
    @Param('id') id: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<unknown> {
    const fields = objectBody(body, ['action', 'block', 'output', 'reason', 'mode', 'by']);
    const action = operatorActions.find((name) => name === fields['action']);
    if (action === undefined) throw invalid(`action has to be one of ${operatorActions.join(', ')}`);
    if (fields['output'] !== undefined && action !== 'skip')
      throw invalid('output belongs to the action skip only');
    const block = textField(fields, 'block', 200);
    const reason = textField(fields, 'reason');
    const mode = modeField(fields);
    if (action === 'fix' && block === undefined) throw invalid('say in block what was put right');
    const answer = await this.actions.request({
      saga: sagaId(id),
      action,
      by: actorField(fields),
      ...(block === undefined ? {} : { block }),
      ...(fields['output'] === undefined ? {} : { output: fields['output'] as Json }),
      ...(reason === undefined ? {} : { reason }),
      ...(mode === undefined ? {} : { mode }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    return answerAction(answer, reply, `/sagas/${id}`);
  }
}

function filterOf(query: Query): ListFilter {
  const reader = new QueryReader(query, [
    'status',
    'key',
    'definition',
    'owner',
    'incident',
    'before',
    'limit',
  ]);
  return present({
    status: reader.choice('status', statuses),
    businessKey: reader.text('key'),
    definition: reader.text('definition'),
    owner: reader.text('owner'),
    incident: reader.flag('incident'),
    before: reader.text('before'),
    limit: reader.integer('limit'),
  });
}

function traceOf(headers: RequestHeaders): TraceHeaders {
  const { traceparent, tracestate, baggage } = headers;
  const start = traceStarts.find((one) => one === headers[header.traceStart]);
  if (traceparent === undefined || !/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent)) return {};
  return {
    traceparent,
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(start === undefined ? {} : { [header.traceStart]: start }),
    ...(baggage === undefined ? {} : { baggage }),
  };
}
