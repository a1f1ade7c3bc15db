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
import { JudgeSaga, ReportQuality, ReportRepairs, type QualityFilter } from '#libs/orchestration';
import { verdicts } from '#libs/saga';
import {
  actorField,
  invalid,
  objectBody,
  present,
  QueryReader,
  reasonField,
  type Query,
} from './request-reading.js';
import { sagaId } from './saga-id.js';

/** What the decisions that sagas are turned out to be. */
@Controller()
export class QualityController {
  constructor(
    @Inject(ReportQuality) private readonly quality: ReportQuality,
    @Inject(ReportRepairs) private readonly repairs: ReportRepairs,
    @Inject(JudgeSaga) private readonly judging: JudgeSaga,
  ) {}

  @Get('quality')
  async report(@QueryParameters() query: Query): Promise<unknown> {
    return { quality: await this.quality.report(filterIn(query)) };
  }

  /** How often trouble that people repaired came back. */
  @Get('quality/repairs')
  async repaired(@QueryParameters() query: Query): Promise<unknown> {
    return { repairs: await this.repairs.report(filterIn(query)) };
  }

  @Post('sagas/:id/verdict')
  @HttpCode(200)
  async judge(@Param('id') id: string, @Body() body: unknown): Promise<unknown> {
    const fields = objectBody(body ?? {}, ['verdict', 'by', 'reason']);
    const verdict = verdicts.find((one) => one === fields['verdict']);
    if (verdict === undefined) throw invalid(`verdict has to be one of ${verdicts.join(', ')}`);
    const saga = sagaId(id);
    await this.judging.judge({ saga, verdict, by: actorField(fields), reason: reasonField(fields) });
    return { saga, verdict };
  }
}

function filterIn(query: Query): QualityFilter {
  const reader = new QueryReader(query, ['definition', 'days']);
  return present({ definition: reader.text('definition'), days: reader.integer('days') });
}
