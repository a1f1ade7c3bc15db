import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query as QueryParameters,
} from '@nestjs/common';
import type { Program } from '#libs/saga';
import {
  CheckPositions,
  CompareVersions,
  LoadedDefinitions,
  PublishDefinitions,
  SurveyDefinition,
  type VersionPeriod,
} from '#libs/orchestration';
import { QueryReader, type Query } from './request-reading.js';
import { isoTime } from './iso-time.js';
import { filesOf } from './sent-files.js';

/** What is published, and publishing. */
@Controller('definitions')
export class DefinitionsController {
  constructor(
    @Inject(LoadedDefinitions) private readonly definitions: LoadedDefinitions,
    @Inject(CheckPositions) private readonly positions: CheckPositions,
    @Inject(PublishDefinitions) private readonly publications: PublishDefinitions,
    @Inject(SurveyDefinition) private readonly surveys: SurveyDefinition,
    @Inject(CompareVersions) private readonly comparing: CompareVersions,
  ) {}

  @Get()
  list(): unknown {
    return { definitions: this.definitions.all().map(definitionBody) };
  }

  /** Takes YAML as it is, or JSON `{ files: [{ path, text }] }` where definitions refer to other files. */
  @Post()
  @HttpCode(200)
  async publish(@Headers('x-skald-by') by: string | undefined, @Body() body: unknown): Promise<unknown> {
    const published = await this.publications.publish({
      files: filesOf(body),
      by: by?.slice(0, 200) ?? 'api',
    });
    const fresh = published.documents.filter(({ isNew }) => isNew);
    const isGroundNew = fresh.some(({ kind }) => kind === 'participant' || kind === 'namespace');
    const sagas = fresh.filter(({ kind }) => kind === 'saga').map(({ name }) => name);
    const concerned = new Set([...sagas, ...(isGroundNew ? this.positions.concerned() : [])]);
    const checked = await Promise.all([...concerned].map((name) => this.positions.check(name)));
    return {
      ...published,
      positions: checked.filter(({ groups, keeping }) => groups.length + keeping.length > 0),
    };
  }

  /** Which live sagas could go on by a version, the newest unless `version` says another one. */
  @Get(':definition/positions')
  async positionsOf(
    @Param('definition') definition: string,
    @QueryParameters() query: Query,
  ): Promise<unknown> {
    return this.positions.check(definition, new QueryReader(query, ['version']).integer('version'));
  }

  /** How its newest version does beside the one before. */
  @Get(':definition/baseline')
  async baselineOf(
    @Param('definition') definition: string,
    @QueryParameters() query: Query,
  ): Promise<unknown> {
    const days = new QueryReader(query, ['days']).integer('days');
    const { present, baseline, ...of } = await this.comparing.compare(definition, days);
    return {
      ...of,
      present: periodBody(present),
      ...(baseline === undefined ? {} : { baseline: periodBody(baseline) }),
    };
  }

  /** Its flow as a graph, and lists of what it deals with. */
  @Get(':definition/survey')
  async surveyOf(@Param('definition') definition: string, @QueryParameters() query: Query): Promise<unknown> {
    return this.surveys.survey(definition, new QueryReader(query, ['version']).integer('version'));
  }
}

function periodBody({ from, until, ...period }: VersionPeriod) {
  return { ...period, from: isoTime(from), until: isoTime(until) };
}

function definitionBody(program: Program) {
  const { definition, version, title, owner, triggers, calls, emits } = program;
  return {
    definition,
    version,
    ...(title === undefined ? {} : { title }),
    ...(owner === undefined ? {} : { owner }),
    triggers: triggers.map((trigger) => trigger.name),
    calls,
    emits,
  };
}
