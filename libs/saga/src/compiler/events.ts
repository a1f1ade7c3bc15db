import type { EventContract } from '../contract.js';
import type { Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { ANY, type StaticType } from '../expression/static-type.js';
import type { Contracts } from './contracts.js';
import { checkEvent } from './participant-contract.js';

/** What the owner of an event says about it, if it has a contract. */
export function eventContract(event: string, { participants }: Contracts): EventContract | undefined {
  for (const { events } of participants.values()) if (Object.hasOwn(events, event)) return events[event];
  return undefined;
}

/** The data of an event that somebody waits for. Whoever publishes it has to say what its key is. */
export function awaitedEventType(
  event: string,
  cursor: Cursor,
  contracts: Contracts,
  log: ProblemLog,
): StaticType {
  checkEvent(cursor, contracts.eventTypes, log);
  const contract = eventContract(event, contracts);
  if (contract !== undefined && contract.key === undefined)
    log.error(
      cursor,
      `"${event}" declares no key, so nobody can tell which saga it is meant for. Add \`key: data.<field>\` to it in its owner's contract.`,
    );
  return contracts.eventTypes.get(event) ?? ANY;
}
