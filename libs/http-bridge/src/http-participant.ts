import type { Contracts, HttpCall, HttpServer } from '#libs/saga';

/** A participant that is called over HTTP, as its contract says. */
export interface HttpParticipant extends HttpServer {
  readonly name: string;
  readonly calls: ReadonlyMap<string, HttpCommand>;
}

/** One command of it. */
export interface HttpCommand extends HttpCall {
  /** False for a query: it may be asked as often as one likes. */
  readonly hasEffect: boolean;
}

/** The participants among the contracts that are called over HTTP. */
export function httpParticipants(contracts: Contracts): readonly HttpParticipant[] {
  return [...contracts.participants.values()].flatMap(({ name, http }) =>
    http === undefined ? [] : [{ ...http, name, calls: callsOf(name, contracts) }],
  );
}

function callsOf(participant: string, { commands }: Contracts): ReadonlyMap<string, HttpCommand> {
  const calls = new Map<string, HttpCommand>();
  for (const { call, http, hasEffect } of commands.values())
    if (http !== undefined && call.startsWith(`${participant}.`)) calls.set(call, { ...http, hasEffect });
  return calls;
}
