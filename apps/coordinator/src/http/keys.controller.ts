import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { KeyLog, type KeyView, type ThawAnswer } from '#libs/orchestration';
import type { HttpReply } from './http-exchange.js';
import { actorField, objectBody, reasonField } from './request-reading.js';
import { isoTime } from './iso-time.js';
import { summaryBody } from './saga-body.js';

interface KeyPath {
  readonly definition: string;
  readonly key: string;
}

const statuses: Readonly<Record<ThawAnswer['kind'], number>> = { done: 200, pending: 202, refused: 409 };

/** What happened to business keys. */
@Controller('keys')
export class KeysController {
  constructor(@Inject(KeyLog) private readonly keys: KeyLog) {}

  @Get(':definition/:key')
  async show(@Param() path: KeyPath): Promise<unknown> {
    return keyBody(await this.keys.show(path));
  }

  /** Lets a frozen key go. */
  @Post(':definition/:key/thaw')
  async thaw(
    @Param() path: KeyPath,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<unknown> {
    const fields = objectBody(body ?? {}, ['by', 'reason']);
    const { kind, ...rest } = await this.keys.thaw(path, actorField(fields), reasonField(fields));
    void reply.status(statuses[kind]);
    return { outcome: kind, ...rest };
  }
}

function keyBody({ frozenAt, log, sagas, ...view }: KeyView) {
  return {
    ...view,
    ...(frozenAt === undefined ? {} : { frozenAt: isoTime(frozenAt) }),
    log: log.map((line) => ({ ...line, at: isoTime(line.at) })),
    sagas: sagas.map(summaryBody),
  };
}
