import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { RetellTrace } from '#libs/orchestration';
import { sagaId } from './saga-id.js';

/** Telling the trace of a saga again. */
@Controller('sagas/:id/trace')
export class TracesController {
  constructor(@Inject(RetellTrace) private readonly retelling: RetellTrace) {}

  @Post()
  @HttpCode(200)
  async retell(@Param('id') id: string): Promise<unknown> {
    return { trace: await this.retelling.retell(sagaId(id)) };
  }
}
