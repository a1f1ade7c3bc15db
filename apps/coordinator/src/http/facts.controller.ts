import { Controller, Get, Inject, Query as QueryParameters } from '@nestjs/common';
import { ListFacts, type FactView } from '#libs/orchestration';
import { isoTime } from './iso-time.js';
import { present, QueryReader, type Query } from './request-reading.js';

/** What is known of facts, and what others than their sources have said of them. */
@Controller('facts')
export class FactsController {
  constructor(@Inject(ListFacts) private readonly lists: ListFacts) {}

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    const reader = new QueryReader(query, ['fact', 'key', 'limit']);
    const filter = { fact: reader.text('fact'), key: reader.text('key'), limit: reader.integer('limit') };
    const { facts, more } = await this.lists.list(present(filter));
    return { facts: facts.map(factBody), more };
  }
}

function factBody({ known, hearsay, ...fact }: FactView): object {
  return {
    ...fact,
    ...(known && { known: { ...known, asOf: isoTime(known.asOf) } }),
    ...(hearsay && {
      hearsay: {
        count: hearsay.count,
        last: hearsay.last.map((each) => ({
          ...each,
          asOf: isoTime(each.asOf),
          heardAt: isoTime(each.heardAt),
        })),
      },
    }),
  };
}
