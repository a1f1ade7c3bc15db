import { durationText, type Cost } from '#libs/orchestration';
import { table } from './table.js';

/** What a saga took: by participant, by task, and all together. */
export function costPage({ calls, people, humanSeconds, used, unread }: Cost): string {
  if (calls.length === 0 && people.length === 0)
    return 'it has sent no command, and nobody has answered a task of it yet';
  const sum = (of: 'commands' | 'attempts'): number => calls.reduce((total, each) => total + each[of], 0);
  const total = ['all', sum('commands'), sum('attempts'), usedText(used)];
  const rows = calls.map((call) => [call.participant, call.commands, call.attempts, usedText(call.used)]);
  const parts = [table(['participant', 'commands', 'attempts', 'used'], [...rows, total])];
  if (people.length > 0) {
    const tasks = people.map(({ block, by, seconds, since }) => [block, by, secondsText(seconds), since]);
    const all = ['all', '', secondsText(humanSeconds), ''];
    parts.push(table(['task', 'person', 'took', 'since it was'], [...tasks, all]));
  }
  if (unread.length > 0) parts.push(['Not understood:', ...unread.map((text) => `  ${text}`)].join('\n'));
  return parts.join('\n\n');
}

/** Amounts in words: `tokens 1840, cost-eur 0.012`. */
export function usedText(used: Cost['used']): string {
  const amounts = Object.entries(used).map(([name, value]) => `${name} ${value}`);
  return amounts.length === 0 ? '-' : amounts.join(', ');
}

/** Seconds as a length of time. */
export function secondsText(seconds: number): string {
  return durationText(seconds * 1_000);
}
