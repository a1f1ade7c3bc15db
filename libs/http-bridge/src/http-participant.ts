import type { Contracts, HttpCall, HttpServer } from '#libs/saga';

/** A participant that is called over HTTP, as its contract says. */
export interface HttpParticipant extends HttpServer {
  readonly name: string;
  readonly calls: ReadonlyMap<string, HttpCommand>;
  /** How many calls it can take at the same time; absent: as many as a bridge makes. */
  readonly concurrency?: number;
}

/** One command of it. */
export interface HttpCommand extends HttpCall {
  /** False for a query: it may be asked as often as one likes. */
  readonly hasEffect: boolean;
}

/** The participants among the contracts that are called over HTTP. */
export function httpParticipants(contracts: Contracts): readonly HttpParticipant[] {
  return [...contracts.participants.values()].flatMap(({ name, http, limits }) => {
    if (http === undefined) return [];
    const concurrency = limits?.concurrency;
    const served = { ...http, name, calls: callsOf(name, contracts) };
    return [concurrency === undefined ? served : { ...served, concurrency }];
  });
}

function callsOf(participant: string, { commands }: Contracts): ReadonlyMap<string, HttpCommand> {
  const calls = new Map<string, HttpCommand>();
  for (const { call, http, hasEffect } of commands.values())
    if (http !== undefined && call.startsWith(`${participant}.`)) calls.set(call, { ...http, hasEffect });
  return calls;
}
