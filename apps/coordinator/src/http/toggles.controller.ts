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
import { SwitchToggle, type ShownToggle } from '#libs/orchestration';
import { actorField, invalid, objectBody, QueryReader, reasonField, type Query } from './request-reading.js';
import { isoTime } from './iso-time.js';

/** What can be switched on and off while sagas run. */
@Controller('toggles')
export class TogglesController {
  constructor(@Inject(SwitchToggle) private readonly toggles: SwitchToggle) {}

  @Get()
  async list(@QueryParameters() query: Query): Promise<unknown> {
    new QueryReader(query, []);
    return { toggles: (await this.toggles.list()).map(toggleBody) };
  }

  /** Sets a toggle: for every start from then on, and for sagas that run. */
  @Post(':definition/:toggle')
  @HttpCode(200)
  async set(
    @Param() { definition, toggle }: { readonly definition: string; readonly toggle: string },
    @Body() body: unknown,
  ): Promise<unknown> {
    const fields = objectBody(body ?? {}, ['on', 'by', 'reason']);
    const on = fields['on'];
    if (typeof on !== 'boolean') throw invalid('on has to be true or false');
    const reason = reasonField(fields);
    const by = actorField(fields);
    return toggleBody(await this.toggles.switch({ definition, toggle, on, by, reason }));
  }
}

function toggleBody({ switched, ...toggle }: ShownToggle) {
  return switched === undefined ? toggle : { ...toggle, switched: { ...switched, at: isoTime(switched.at) } };
}
