import { Body, Controller, Get, HttpCode, Inject, Post, Query as QueryParameters } from '@nestjs/common';
import {
  ActOnIncidents,
  bulkActions,
  GroupIncidents,
  OperatorStore,
  type IncidentPlace,
} from '#libs/orchestration';
import {
  actorField,
  instantField,
  invalid,
  listLimit,
  modeField,
  objectBody,
  present,
  QueryReader,
  reasonField,
  textField,
  type Query,
} from './request-reading.js';
import { isoTime } from './iso-time.js';
import { incidentBody } from './saga-body.js';
import { sagaId } from './saga-id.js';

const pageMost = 100;

/** What waits for a person: one by one, by cause, and all of a cause repaired at once. */
@Controller('incidents')
export class IncidentsController {
  constructor(
    @Inject(OperatorStore) private readonly store: OperatorStore,
    @Inject(GroupIncidents) private readonly groups: GroupIncidents,
    @Inject(ActOnIncidents) private readonly acts: ActOnIncidents,
  ) {}

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    const reader = new QueryReader(query, ['open', 'saga', 'limit']);
    const saga = reader.text('saga');
    const filter = {
      open: reader.flag('open') ?? true,
      limit: listLimit(reader),
      ...(saga === undefined ? {} : { saga }),
    };
    return { incidents: (await this.store.incidents(filter)).map(incidentBody) };
  }

  /** The largest group first. */
  @Get('groups')
  async group(@QueryParameters() query: Query): Promise<unknown> {
    const reader = new QueryReader(query, ['definition', 'block', 'code']);
    const cause = {
      definition: reader.text('definition'),
      block: reader.text('block'),
      code: reader.text('code'),
    };
    const groups = await this.groups.group(present(cause));
    return {
      groups: groups.map(({ oldestAt, newestAt, ...group }) => ({
        ...group,
        oldestAt: isoTime(oldestAt),
        newestAt: isoTime(newestAt),
      })),
    };
  }

  /** One page of an action about all open incidents of a cause; the answer says where the next one begins. */
  @Post('actions')
  @HttpCode(200)
  async act(@Body() body: unknown): Promise<unknown> {
    const names = [
      'action',
      'definition',
      'block',
      'code',
      'by',
      'reason',
      'mode',
      'before',
      'after',
      'limit',
    ];
    const fields = objectBody(body, names);
    const action = bulkActions.find((name) => name === fields['action']);
    if (action === undefined) throw invalid(`action has to be one of ${bulkActions.join(', ')}`);
    const definition = textField(fields, 'definition', 200);
    if (definition === undefined)
      throw invalid('say definition: sagas of one definition are acted on at a time');
    const [block, code] = [textField(fields, 'block', 200), textField(fields, 'code', 200)];
    const mode = modeField(fields);
    const [before, after] = [instantField(fields, 'before'), afterIn(fields['after'])];
    const answer = await this.acts.act({
      action,
      cause: { definition, ...present({ block, code }) },
      by: actorField(fields),
      reason: reasonField(fields),
      limit: limitIn(fields['limit']),
      ...present({ before, after, mode }),
    });
    return { ...answer, before: isoTime(answer.before) };
  }
}

function limitIn(limit: unknown = 50): number {
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= pageMost) return limit;
  throw invalid(`limit has to be a whole number from 1 to ${pageMost}`);
}

function afterIn(after: unknown): IncidentPlace | undefined {
  if (after === undefined) return undefined;
  const fields = objectBody(after, ['saga', 'id']);
  const [saga, id] = [textField(fields, 'saga'), textField(fields, 'id')];
  if (saga === undefined || id === undefined) throw invalid('after has to be the next of the page before');
  return { saga: sagaId(saga), id };
}
