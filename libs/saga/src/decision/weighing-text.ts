import type { Json } from '../json.js';
import type { Comparison, Weighing } from './weigh.js';

/** As many proposals are told of one by one. */
const MOST_PROPOSALS = 5;

/** What a table that weighs gave, on one line; of what is covered, only that. */
export function weighingText(output: Json): string {
  if (typeof output !== 'object' || output === null) return `the scores are ${String(output)}`;
  const given = output as unknown as Weighing | Comparison;
  return 'proposals' in given ? comparisonText(given) : scoresText(given);
}

function scoresText({ scores, below, breaks }: Weighing): string {
  const least = new Map(below.map(({ objective, atLeast }) => [objective, atLeast]));
  const each = Object.entries(scores).map(([name, score]) => {
    const atLeast = least.get(name);
    return `${name} ${score}${atLeast === undefined ? '' : ` (at least ${atLeast} is wanted)`}`;
  });
  const broken = breaks.map(({ preference }) => preference).join(', ');
  return `${each.join(', ')}; breaks ${broken === '' ? 'nothing' : broken}`;
}

function comparisonText({ proposals, conflicts }: Comparison): string {
  const told = proposals.slice(0, MOST_PROPOSALS).map((one, index) => `${index + 1}: ${scoresText(one)}`);
  const more = proposals.length - told.length;
  return [
    ...(proposals.length === 0 ? ['no proposal'] : told),
    ...(more === 0 ? [] : [`and ${more} more`]),
    ...conflicts.map(([one, other]) => `no proposal is best for both ${one} and ${other}`),
  ].join(' | ');
}
