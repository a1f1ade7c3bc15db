import { participantOf } from '../participant-of.js';
import type { CommandLimit, Program } from '../program.js';
import type { Contracts } from './contracts.js';

/** What limits these commands: each counts against its own limits or else, with others, against its participant's. */
export function limitsOn(calls: readonly string[], contracts: Contracts): Pick<Program, 'limits'> {
  const limits = calls.flatMap((call): [string, CommandLimit][] => {
    const own = contracts.commands.get(call)?.limits;
    if (own !== undefined) return [[call, { name: call, ...own }]];
    const participant = participantOf(call);
    const common = contracts.participants.get(participant)?.limits;
    return common === undefined ? [] : [[call, { name: participant, ...common }]];
  });
  return limits.length === 0 ? {} : { limits: Object.fromEntries(limits) };
}
