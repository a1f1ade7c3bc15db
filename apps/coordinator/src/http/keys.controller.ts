import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { KeyLog, RequestError, type KeyView, type ThawAnswer } from '#libs/orchestration';
import { objectBody, textField } from './request-reading.js';
import { isoTime, summaryBody } from './saga-body.js';

interface KeyPath {
  readonly definition: string;
  readonly key: string;
}

/** The part of an answer that a status is put on. */
interface Answering {
  status(code: number): unknown;
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
    @Res({ passthrough: true }) response: Answering,
  ): Promise<unknown> {
    const fields = objectBody(body ?? {}, ['by', 'reason']);
    const reason = textField(fields, 'reason');
    if (reason === undefined)
      throw new RequestError('INVALID_REQUEST', 'reason is missing: say why, it is kept');
    const { kind, ...rest } = await this.keys.thaw(path, textField(fields, 'by', 200) ?? 'api', reason);
    response.status(statuses[kind]);
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
