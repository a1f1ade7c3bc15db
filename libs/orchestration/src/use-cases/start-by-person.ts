import type { Clock, DomainEvent, Json, TraceHeaders } from '#libs/messaging';
import type { PersonTrigger, Program } from '#libs/saga';
import type { Installation } from '../installation-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { startedBy } from '../triggering.js';
import { RequestError, unknownDefinition } from './request-error.js';
import type { StartAnswer, StartSaga } from './start-saga.js';

/** A start that a person asks for through a trigger. */
export interface PersonStart {
  readonly definition: string;
  readonly data: Json;
  readonly by: string;
  /** Why, if it was said. */
  readonly reason?: string;
  /** The roles that whoever stands in front vouches for. */
  readonly roles: readonly string[];
  /** The same key for the same definition always means the same saga. */
  readonly idempotencyKey: string;
  readonly trace?: TraceHeaders;
}

/** What became of it; `gated`: these gates kept it out. */
export type PersonAnswer = StartAnswer | { readonly kind: 'gated'; readonly gates: string };

/** What {@link StartByPerson} works with. */
export interface StartByPersonOptions {
  readonly starts: StartSaga;
  readonly definitions: LoadedDefinitions;
  readonly installation: Installation;
  readonly clock: Clock;
}

/** Starts a saga for somebody whose role its definition names: by the trigger's gates and mapping, as an event would. */
export class StartByPerson {
  constructor(private readonly options: StartByPersonOptions) {}

  /** @throws RequestError when nobody of these roles may start it, or what was given makes no input. */
  async start(request: PersonStart): Promise<PersonAnswer> {
    const { starts, definitions, installation, clock } = this.options;
    const { definition, idempotencyKey, trace, by, reason, data } = request;
    const program = definitions.current(definition);
    if (program === undefined) throw unknownDefinition(definition, definitions.all());
    const trigger = triggerFor(program, request.roles);
    const source = `/skald/${installation.name}/people/${by}`;
    const event: DomainEvent = {
      id: idempotencyKey,
      source,
      type: trigger.name,
      at: clock.now(),
      hops: 0,
      trace: trace ?? {},
      data,
    };
    const result = startedBy(installation, program, trigger, event);
    if (result.kind === 'gated') return { kind: 'gated', gates: result.gate };
    if (result.kind === 'bad') throw new RequestError('INVALID_INPUT', result.message);
    // The language has no facts here: a person does not wait for them.
    if (result.kind === 'inquire') throw new TypeError(`trigger ${trigger.name} requires facts`);
    const { input, candidacy } = result;
    const { link } = result.head;
    return starts.start({
      definition,
      input,
      idempotencyKey,
      source,
      asker: { by, ...(reason === undefined ? {} : { reason }) },
      ...(trace === undefined ? {} : { trace }),
      ...(candidacy === undefined ? {} : { candidacy }),
      ...(link === undefined ? {} : { link }),
    });
  }
}

function triggerFor({ definition, triggers }: Program, roles: readonly string[]): PersonTrigger {
  const people = triggers.filter((trigger) => trigger.kind === 'person');
  const found = people.find(({ role }) => roles.includes(role));
  if (found !== undefined) return found;
  const allowed = people.map(({ role }) => role).join(', ');
  throw new RequestError(
    'NOT_ALLOWED',
    allowed === ''
      ? `no person starts ${definition}: it has no trigger on \`person\``
      : `${definition} is started by ${allowed}; you come as ${roles.join(', ') || 'nobody in particular'}`,
  );
}
