import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query as QueryParameters,
  Res,
} from '@nestjs/common';
import type { DeskId } from '#libs/messaging';
import { ActOnTask, DeclareOutage, GetTask, ListTasks, type TaskActAnswer } from '#libs/orchestration';
import { Surroundings } from '../ports.js';
import type { HttpReply, RequestHeaders } from './http-exchange.js';
import { instantField, invalid, objectBody, QueryReader, textField, type Query } from './request-reading.js';
import { isoTime } from './iso-time.js';
import { taskBody, taskSummaryBody } from './task-body.js';
import { taskProblem } from './task-problem.js';
import { actingIn, answerFields, itemsIn, lookingIn, taskFilter, taskId } from './task-reading.js';

/** What people are asked: listing, showing, answering and claiming tasks. */
@Controller('tasks')
export class TasksController {
  constructor(
    @Inject(ListTasks) private readonly lists: ListTasks,
    @Inject(GetTask) private readonly gets: GetTask,
    @Inject(ActOnTask) private readonly acts: ActOnTask,
    @Inject(DeclareOutage) private readonly outages: DeclareOutage,
    @Inject(Surroundings) private readonly surroundings: Surroundings,
  ) {}

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    const { tasks, more } = await this.lists.list(taskFilter(query, this.surroundings.clock));
    return { tasks: tasks.map(taskSummaryBody), more };
  }

  @Get(':id')
  async get(
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @QueryParameters() query: Query,
  ): Promise<unknown> {
    const reader = new QueryReader(query, ['by', 'roles']);
    const by = reader.text('by') ?? headers['x-skald-by'];
    const roles = reader.text('roles') ?? headers['x-skald-roles'];
    return taskBody(await this.gets.get(taskId(id), lookingIn(by, roles)));
  }

  @Post(':id/answers')
  async answer(
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<unknown> {
    const idempotencyKey = headers['idempotency-key'];
    if (idempotencyKey === undefined)
      throw invalid(
        'the header Idempotency-Key is missing: choose one for each answer, and repeat it when you repeat the request',
      );
    const given = objectBody(body, ['answer', 'fields', 'reason', 'items', 'by', 'roles']);
    const answer = textField(given, 'answer', 200);
    if (answer === undefined)
      throw invalid('say in `answer` what the answer is; GET /tasks/:id lists those there are');
    const task = taskId(id);
    const items = await this.meant(task, itemsIn(given));
    const fields = answerFields(given);
    const input = {
      kind: 'answer',
      ...actingIn(given, headers),
      answer,
      fields,
      ...(items && { items }),
    } as const;
    return said(await this.acts.act({ task, input, idempotencyKey }), task, reply);
  }

  @Post(':id/claim')
  claim(
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<unknown> {
    return this.hold('claim', id, headers, body, reply);
  }

  @Post(':id/unclaim')
  unclaim(
    @Param('id') id: string,
    @Headers() headers: RequestHeaders,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<unknown> {
    return this.hold('unclaim', id, headers, body, reply);
  }

  /** People could not reach their tasks: while that lasts, or afterwards with `to`. */
  @Post('outages')
  @HttpCode(200)
  async outage(@Body() body: unknown): Promise<unknown> {
    const given = objectBody(body ?? {}, ['from', 'to']);
    const from = instantField(given, 'from') ?? this.surroundings.clock.now();
    const to = instantField(given, 'to');
    const tasks = await this.outages.declare({ from, ...(to === undefined ? {} : { to }) });
    return {
      tasks,
      from: isoTime(from),
      ...(to === undefined ? {} : { to: isoTime(to) }),
    };
  }

  private async hold(
    kind: 'claim' | 'unclaim',
    id: string,
    headers: RequestHeaders,
    body: unknown,
    reply: HttpReply,
  ): Promise<unknown> {
    const task = taskId(id);
    const acting = actingIn(objectBody(body ?? {}, ['by', 'roles']), headers);
    return said(await this.acts.act({ task, input: { kind, ...acting } }), task, reply);
  }

  private async meant(task: DeskId, items: readonly string[] | 'all' | undefined) {
    if (items !== 'all') return items;
    const { items: known = [] } = await this.gets.get(task);
    return known.filter(({ decision }) => decision === undefined).map(({ key }) => key);
  }
}

/** 200 done, 202 not folded yet, and the status of its reason where it was turned down. */
function said(answer: TaskActAnswer, task: DeskId, reply: HttpReply): unknown {
  switch (answer.kind) {
    case 'done':
      void reply.status(200);
      return { outcome: 'done', request: answer.request, detail: answer.detail };
    case 'pending':
      void reply.status(202).header('location', `/tasks/${task}`);
      return { outcome: 'pending', request: answer.request };
    case 'refused': {
      const problem = taskProblem(answer);
      void reply.status(problem.status).type('application/problem+json');
      return { ...problem, instance: `/tasks/${task}`, request: answer.request };
    }
  }
}
