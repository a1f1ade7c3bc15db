import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Post,
  Query as QueryParameters,
  StreamableFile,
} from '@nestjs/common';
import { ExportAll, ImportAll } from '#libs/orchestration';
import { importPath, portableType } from './http-application.js';
import type { RequestHeaders } from './http-exchange.js';
import { askerIn } from './look-reading.js';
import { invalid, QueryReader, type Query } from './request-reading.js';
import { isoTime } from './iso-time.js';

/** Everything out of this installation, and into it. */
@Controller()
export class TransferController {
  constructor(
    @Inject(ExportAll) private readonly exports: ExportAll,
    @Inject(ImportAll) private readonly imports: ImportAll,
  ) {}

  /** As lines of JSON, written while they are read. Nothing is covered, so it has to be said who takes it, and why. */
  @Get('export')
  async export(@Headers() headers: RequestHeaders, @QueryParameters() query: Query): Promise<StreamableFile> {
    const { by, reason } = askerIn(new QueryReader(query, ['by', 'reason']), headers) ?? {};
    if (by === undefined || reason === undefined)
      throw invalid('who exports says who it is (`by`, or the header x-skald-by) and why (`reason`)');
    const lines = await this.exports.export({ by, reason });
    return new StreamableFile(Readable.from(lines), { type: portableType });
  }

  /** The same lines, read while they come. */
  @Post(importPath)
  @HttpCode(200)
  async import(
    @Headers() headers: RequestHeaders,
    @QueryParameters() query: Query,
    @Body() body: unknown,
  ): Promise<unknown> {
    const asker = askerIn(new QueryReader(query, ['by', 'reason']), headers) ?? { by: 'api' };
    if (!(body instanceof Readable))
      throw invalid(`the body has to be an export as it was written (content-type ${portableType})`);
    try {
      // A body that is closed half-way takes the connection, and with it the answer.
      const content = body.iterator({ destroyOnReturn: false });
      const { at, ...imported } = await this.imports.import({ content, ...asker });
      return { ...imported, at: isoTime(at) };
    } finally {
      body.resume();
    }
  }
}
