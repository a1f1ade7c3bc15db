import { deriveDeskId, type Instant, type Json, type SagaId } from '#libs/messaging';
import { outlookOf, type LockState, type OpenWait, type Program } from '#libs/saga';
import type { EventOfKey } from '../circles/circle.js';
import { eventsOf, waiterOf, type MayPublish } from '../circles/waiter.js';
import { lockDeskKind } from '../desks/lock-desk.js';
import type { FactRequest, FactState } from '../desks/fact-state.js';
import { informingKey } from '../desks/informing-sagas.js';
import { factKey, factKind, keyText } from '../desks/outside.js';
import type { StoredInstance } from '../lane-store.js';
import type { Outside } from '../live-saga.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore, SagaSummary } from '../operator-store.js';
import { readSaga, type ReadSaga } from '../read-saga.js';
import { awaitedText } from './awaited-text.js';
import type { SaidOfWait } from './said-of-waits.js';

/** Somebody who can help a saga that waits. */
export interface Helper {
  readonly text: string;
  /** Which saga, if it is one. */
  readonly saga?: SagaId;
  /** It is known that this one helps, if it comes to that; otherwise it may. Absent for others than sagas. */
  readonly isSure?: boolean;
}

/** Something a saga waits for outside the participants, and who can help. */
export interface HelpedWait extends SaidOfWait {
  readonly id: string;
  readonly channel: OpenWait['channel'];
  readonly block: string;
  readonly text: string;
  readonly since: Instant;
  readonly until?: Instant;
  /** Nothing stands still until it comes. */
  readonly isBeside: boolean;
  readonly help: readonly Helper[];
}

/** How many of the youngest sagas of a definition are looked at beside those with the very key. */
const youngest = 10;
const sameKey = 5;

/**
 * Finds who can help sagas that wait.
 *
 * By what definitions say they publish, and by where their sagas stand. Not every saga is looked at: those whose business
 * key is the one that is waited for, and the youngest ones.
 */
export class FindHelpers {
  constructor(
    private readonly store: OperatorStore,
    private readonly definitions: LoadedDefinitions,
  ) {}

  /** Everything that a saga waits for outside the participants. Empty when its version is not loaded. */
  async waitsOf({ row, state, program }: ReadSaga): Promise<readonly HelpedWait[]> {
    if (program === undefined || row.finishedAt !== undefined) return [];
    const { waits } = outlookOf(program, state);
    return Promise.all(
      waits.map(async (wait) => helped(wait, await this.helpFor(wait, row.id, program, state.outside))),
    );
  }

  private async helpFor(
    { id, channel, request = null }: OpenWait,
    saga: SagaId,
    program: Program,
    outside: Outside | undefined,
  ): Promise<readonly Helper[]> {
    switch (channel) {
      case 'event':
        return (await Promise.all(eventsOf(request).map((event) => this.publishersOf(event, saga)))).flat();
      case 'saga':
        return this.childHelp(outside?.[id]?.to[0]);
      case 'task':
        return [{ text: `whoever is asked: skald tasks --saga ${saga}` }];
      case 'fact':
        return [...(await this.readerOf(request)), { text: factText(program, request) }];
      case 'lock':
        return this.lockHelp(request);
    }
  }

  private async lockHelp(request: Json): Promise<readonly Helper[]> {
    const { resource = null } = (request ?? {}) as { readonly resource?: Json };
    const desk = await this.store.findDesk(deriveDeskId(lockDeskKind, keyText(resource)));
    const { holder } = JSON.parse(desk?.state ?? '{}') as Partial<LockState>;
    if (holder === undefined) return [];
    const { definition, key, saga, says = [] } = holder;
    const stands = says.length === 0 ? '' : `: ${says.join('; ')}`;
    return [{ text: `${definition} ${key}, which holds it${stands}`, saga: saga as SagaId, isSure: true }];
  }

  /** The saga that reads a fact, or why none does although one could. */
  private async readerOf(request: Json): Promise<readonly Helper[]> {
    const { fact = '', key: about = null, readBy } = (request ?? {}) as unknown as Partial<FactRequest>;
    if (readBy === undefined) return [];
    const key = factKey(fact, about);
    const desk = await this.store.findDesk(deriveDeskId(factKind, key));
    const { reading } = JSON.parse(desk?.state ?? '{}') as Partial<FactState>;
    if (reading === undefined) return [];
    const { definition, id, trouble } = reading;
    if (trouble !== undefined) return [{ text: `${definition}, which could not read it: ${trouble}` }];
    const [saga] = await this.store.list({ definition, businessKey: informingKey({ key, id }), limit: 1 });
    if (saga === undefined) return [{ text: `${definition}, which is about to read it` }];
    return [{ text: `${nameOf(saga)}, which reads it and is ${saga.status}`, saga: saga.id, isSure: true }];
  }

  private async childHelp(child: SagaId | undefined): Promise<readonly Helper[]> {
    const row = child === undefined ? undefined : await this.store.find(child);
    if (row === undefined) return [];
    const text = `${nameOf(row)}, which is ${row.status}`;
    return [{ text, saga: row.id, isSure: true }];
  }

  private async publishersOf(event: EventOfKey, asker: SagaId): Promise<readonly Helper[]> {
    const programs = this.definitions.versions().filter(({ emits }) => emits.includes(event.event));
    const names = [...new Set(programs.map(({ definition }) => definition))].sort();
    const found = await Promise.all(names.map((name) => this.publishersAmong(name, event)));
    const helpers = found.flat().map((helper) => (helper.saga === asker ? itself(helper) : helper));
    if (helpers.length > 0) return helpers;
    const { event: type } = event;
    if (names.length === 0) return [{ text: `whoever publishes ${type}: no definition does` }];
    return [{ text: `${names.join(', ')} would publish ${type}, but no saga was found that still may` }];
  }

  private async publishersAmong(definition: string, wanted: EventOfKey): Promise<readonly Helper[]> {
    const running = { definition, status: 'running' } as const;
    const [same, young] = await Promise.all([
      this.store.list({ ...running, businessKey: wanted.key, limit: sameKey }),
      this.store.list({ ...running, limit: youngest }),
    ]);
    const ids = [...new Set([...same, ...young].map(({ id }: SagaSummary) => id))];
    const rows = await Promise.all(ids.map((id) => this.store.find(id)));
    return rows.flatMap((row) => (row === undefined ? [] : this.publisher(row, wanted)));
  }

  private publisher(row: StoredInstance, wanted: EventOfKey): readonly Helper[] {
    const { mayPublish = [] } = waiterOf(readSaga(row, this.definitions), this.definitions) ?? {};
    const best = mayPublish.filter((one) => mayMean(one, wanted)).sort(knownFirst)[0];
    if (best === undefined) return [];
    const isSure = best.key !== undefined;
    const text = isSure
      ? `${nameOf(row)} would publish it at ${best.block}`
      : `${nameOf(row)} may publish it at ${best.block}; of which key is not known yet`;
    return [{ text, saga: row.id, isSure }];
  }
}

function helped(wait: OpenWait, help: readonly Helper[]): HelpedWait {
  const { id, channel, block, since, until, isBeside, request = null } = wait;
  const text = awaitedText({ channel, request });
  return { id, channel, block, text, since, isBeside, ...(until === undefined ? {} : { until }), help };
}

function itself(helper: Helper): Helper {
  return { ...helper, text: `${helper.text}: it waits for itself` };
}

function mayMean({ event, key }: MayPublish, wanted: EventOfKey): boolean {
  return event === wanted.event && (key === undefined || key === wanted.key);
}

function knownFirst(one: MayPublish, other: MayPublish): number {
  return Number(one.key === undefined) - Number(other.key === undefined);
}

function factText({ facts = [] }: Program, request: Json): string {
  const { fact, key } = request as { readonly fact?: string; readonly key?: Json };
  const known = facts.find((one) => one.fact === fact);
  const event = known === undefined ? 'an event' : `an event ${known.from}`;
  return `${event} about ${typeof key === 'string' ? key : JSON.stringify(key)}`;
}

function nameOf({ definition, businessKey }: Pick<StoredInstance, 'definition' | 'businessKey'>): string {
  return `${definition} ${businessKey}`;
}
