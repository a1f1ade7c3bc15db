import { Controller, Get, Inject, Query as QueryParameters } from '@nestjs/common';
import { ShowBoard } from '#libs/orchestration';
import { QueryReader, type Query } from './request-reading.js';
import { isoTime } from './iso-time.js';

/** Where live sagas stand. */
@Controller('board')
export class BoardController {
  constructor(@Inject(ShowBoard) private readonly board: ShowBoard) {}

  @Get()
  async show(@QueryParameters() query: Query): Promise<unknown> {
    const boards = await this.board.show(new QueryReader(query, ['definition']).text('definition'));
    return {
      board: boards.map(({ stages, ...board }) => ({
        ...board,
        stages: stages.map((stage) => ({ ...stage, oldestAt: isoTime(stage.oldestAt) })),
      })),
    };
  }
}
