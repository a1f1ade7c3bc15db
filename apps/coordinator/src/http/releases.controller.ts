import { Body, Controller, Headers, HttpCode, Inject, Post, Query as QueryParameters } from '@nestjs/common';
import { ApplyRelease } from '#libs/orchestration';
import { QueryReader, type Query } from './request-reading.js';
import { filesOf } from './sent-files.js';

/** What is switched while sagas run, in writing. */
@Controller('releases')
export class ReleasesController {
  constructor(@Inject(ApplyRelease) private readonly releases: ApplyRelease) {}

  /** Applies releases; with `trial=true` only says what would change. */
  @Post()
  @HttpCode(200)
  async apply(
    @Headers('x-skald-by') by: string | undefined,
    @QueryParameters() query: Query,
    @Body() body: unknown,
  ): Promise<unknown> {
    const isTrial = new QueryReader(query, ['trial']).flag('trial') === true;
    const toggles = await this.releases.apply({
      files: filesOf(body),
      by: by?.slice(0, 200) ?? 'api',
      isTrial,
    });
    return { toggles };
  }
}
