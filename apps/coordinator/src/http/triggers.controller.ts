import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Json } from '#libs/messaging';
import { StartByPerson, TakeWebhook } from '#libs/orchestration';
import type { HttpReply, RequestHeaders } from './http-exchange.js';
import { actionRefused } from './problem-details.js';
import { invalid, objectBody, present, textField } from './request-reading.js';
import { startAnswer } from './start-answer.js';
import { actingIn } from './task-reading.js';

/** Starts from outside that are no events: by people and by webhooks. */
@Controller()
export class TriggersController {
  constructor(
    @Inject(StartByPerson) private readonly people: StartByPerson,
    @Inject(TakeWebhook) private readonly webhooks: TakeWebhook,
  ) {}

  /** Starts a saga for a person, through the gates and the mapping of the trigger for their role. */
  @Post('triggers/:definition')
  async start(
    @Param('definition') definition: string,
    @Headers() headers: RequestHeaders,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<unknown> {
    const fields = objectBody(body ?? {}, ['data', 'by', 'roles', 'reason']);
    const idempotencyKey = headers['idempotency-key'];
    if (idempotencyKey === undefined)
      throw invalid('the header Idempotency-Key is missing: choose one for each saga you want');
    const data = (fields['data'] ?? null) as Json;
    const answer = await this.people.start({
      definition,
      data,
      idempotencyKey,
      ...actingIn(fields, headers),
      ...present({ reason: textField(fields, 'reason') }),
    });
    if (answer.kind !== 'gated') return startAnswer(answer, definition, reply);
    void reply.status(409).type('application/problem+json');
    return actionRefused(`kept out by ${answer.gates}`);
  }

  /** Takes in a request that is signed by the specification of Standard Webhooks. */
  @Post('webhooks/:webhook')
  @HttpCode(202)
  async take(
    @Param('webhook') webhook: string,
    @Headers() headers: RequestHeaders,
    @Req() request: { readonly rawBody?: Buffer },
  ): Promise<unknown> {
    const id = headers['webhook-id'];
    const timestamp = headers['webhook-timestamp'];
    const signature = headers['webhook-signature'];
    if (id === undefined || id === '' || timestamp === undefined || signature === undefined)
      throw invalid('the headers webhook-id, webhook-timestamp and webhook-signature have to be there');
    await this.webhooks.take({
      webhook,
      id: id.slice(0, 255),
      timestamp,
      signature,
      body: request.rawBody ?? Buffer.alloc(0),
    });
    return { event: `webhook.${webhook}`, id };
  }
}
