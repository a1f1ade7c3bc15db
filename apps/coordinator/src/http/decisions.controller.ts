import { Controller, Get, Inject, Param } from '@nestjs/common';
import { DecideAgain } from '#libs/orchestration';
import { isoTime } from './iso-time.js';
import { sagaId } from './saga-id.js';

/** The decisions of a saga, made once more from what was known then. */
@Controller('sagas/:id/decisions')
export class DecisionsController {
  constructor(@Inject(DecideAgain) private readonly decisions: DecideAgain) {}

  @Get()
  async again(@Param('id') id: string): Promise<unknown> {
    const decisions = await this.decisions.decide(sagaId(id));
    return { decisions: decisions.map(({ at, ...decision }) => ({ at: isoTime(at), ...decision })) };
  }
}
