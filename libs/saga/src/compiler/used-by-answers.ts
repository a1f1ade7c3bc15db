import type { Json } from '../json.js';
import type { Program } from '../program.js';
import type { Contracts } from './contracts.js';
import { evaluated } from './evaluate-answer.js';

/** How the answers of these commands say what they used up. */
export function usedByAnswers(
  calls: readonly string[],
  { commands }: Contracts,
): Pick<Program, 'usedByAnswer'> {
  const found = calls.flatMap((call) => {
    const usage = Object.entries(commands.get(call)?.usage ?? {});
    const used = (data: Json): readonly (readonly [string, Json])[] =>
      usage.flatMap(([name, of]) => {
        const value = evaluated(of, data);
        return value === undefined ? [] : [[name, value] as const];
      });
    return usage.length === 0 ? [] : [[call, used] as const];
  });
  return found.length === 0 ? {} : { usedByAnswer: Object.fromEntries(found) };
}
