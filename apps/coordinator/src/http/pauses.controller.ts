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
import { pausedKinds, PauseWork, type PausedPlace } from '#libs/orchestration';
import { pauseBody } from './pause-body.js';
import { actorField, invalid, objectBody, QueryReader, reasonField, type Query } from './request-reading.js';

/** What people have paused: participants, definitions and single sagas. */
@Controller('pauses')
export class PausesController {
  constructor(@Inject(PauseWork) private readonly pauses: PauseWork) {}

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    new QueryReader(query, []);
    return { pauses: (await this.pauses.list()).map(pauseBody) };
  }

  /** Holds what would be sent from now on. */
  @Post(':kind/:name')
  @HttpCode(200)
  async pause(@Param() path: PathOfPause, @Body() body: unknown): Promise<unknown> {
    const fields = objectBody(body ?? {}, ['by', 'reason']);
    const reason = reasonField(fields);
    return pauseBody(await this.pauses.pause({ ...placeOf(path), by: actorField(fields), reason }));
  }

  /** Lets what is held go, little by little. */
  @Post(':kind/:name/resume')
  @HttpCode(200)
  async resume(@Param() path: PathOfPause, @Body() body: unknown): Promise<unknown> {
    const fields = objectBody(body ?? {}, ['by', 'reason', 'perSecond']);
    const request = { ...placeOf(path), by: actorField(fields), reason: reasonField(fields) };
    return pauseBody(await this.pauses.resume({ ...request, ...paceOf(fields['perSecond']) }));
  }
}

interface PathOfPause {
  readonly kind: string;
  readonly name: string;
}

function placeOf({ kind, name }: PathOfPause): PausedPlace {
  const known = pausedKinds.find((each) => each === kind);
  if (known === undefined) throw invalid(`"${kind}" cannot be paused; there are ${pausedKinds.join(', ')}`);
  return { kind: known, name };
}

function paceOf(value: unknown): { readonly perSecond?: number } {
  if (value === undefined) return {};
  if (typeof value !== 'number' || !(value > 0)) throw invalid('perSecond has to be a number above 0');
  return { perSecond: value };
}
