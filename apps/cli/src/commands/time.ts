import { durationText, spendings, type TimeReport } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { secondsText, usedText } from '../cost-page.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** `skald time`: what the time of sagas went to. */
export const timeCommand: CommandSetup = (program, context) => {
  program
    .command('time')
    .description('tell what the time of sagas went to: value, handoffs, waste, unmarked work, waiting')
    .argument('[saga]', 'name of a definition; all if left out')
    .option('--days <number>', 'sagas that began in so many days, and have ended', '30')
    .action(async (definition: string | undefined, { days }: { readonly days: string }, command) => {
      const { body } = await apiClient(context.env).get('/time', { definition, days });
      const { time } = body as unknown as { readonly time: readonly TimeReport[] };
      printResult(context, outputOf(command), { time }, () => timeText(time, days));
    });
};

function timeText(time: readonly TimeReport[], days: string): string {
  if (time.length === 0) return `no saga that began in the last ${days} days has ended`;
  const shares = table(['saga', 'sagas', 'each', ...spendings], time.map(sharesOf));
  const blocks = time.flatMap(({ definition, blocks: list }) =>
    list.map(({ block, as, ms, times }) => [definition, block, as, durationText(ms / times), times]),
  );
  const costs = time.map(({ definition, mean }) => [
    definition,
    rough(mean.commands),
    rough(mean.attempts),
    mean.humanSeconds === 0 ? '-' : secondsText(mean.humanSeconds),
    usedText(mean.used),
  ]);
  const cost = table(['saga', 'commands each', 'attempts', 'of people', 'used'], costs);
  const more = time.some((each) => each.more) ? '\nThere are more sagas; the newest were looked at.' : '';
  return `${shares}\n\n${table(['saga', 'block', 'is', 'each', 'times'], blocks)}\n\n${cost}${more}`;
}

function rough(value: number): number {
  return Number(value.toFixed(2));
}

function sharesOf({ definition, sagas, spent }: TimeReport): readonly (string | number)[] {
  const total = spendings.reduce((sum, as) => sum + spent[as], 0);
  const share = (ms: number) => `${total === 0 ? 0 : Math.round((ms / total) * 100)} %`;
  return [definition, sagas, durationText(total / sagas), ...spendings.map((as) => share(spent[as]))];
}
