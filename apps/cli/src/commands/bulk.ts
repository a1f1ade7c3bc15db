import { waitFor } from '#libs/messaging';
import { apiClient, type ApiClient } from '../api-client.js';
import { actor, CommandFailedError, type CliContext } from '../cli-context.js';
import { modeOption } from './actions.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { wholeNumberOf } from './whole-number.js';

interface BulkOptions {
  readonly definition: string;
  readonly block?: string;
  readonly code?: string;
  readonly reason: string;
  readonly mode?: string;
  readonly rate: string;
}

interface Page {
  readonly before: string;
  readonly done: number;
  readonly refused: readonly { readonly saga: string; readonly detail: string }[];
  readonly pending: number;
  readonly next?: { readonly saga: string; readonly id: string };
}

interface Outcome {
  readonly done: number;
  readonly refused: Page['refused'];
  readonly pending: number;
}

const rateMost = 100;

/** `skald bulk`: the same about every open incident of a cause. */
export const bulkCommand: CommandSetup = (program, context) => {
  program
    .command('bulk')
    .description('retry, redrive or cancel all sagas with an open incident of one cause')
    .argument('<action>', 'retry, redrive or cancel')
    .requiredOption('-d, --definition <name>', 'of sagas of this definition')
    .requiredOption('-r, --reason <text>', 'what was the matter, and why this helps; kept with each saga')
    .option('-b, --block <name>', 'only where the incident is about this block')
    .option('-c, --code <code>', 'only incidents of this code')
    .addOption(modeOption())
    .option('--rate <count>', `at most this many a second (1 to ${rateMost})`, '20')
    .action(async (action: string, options: BulkOptions, command) => {
      const outcome = await everyPage(context, apiClient(context.env), action, options);
      printResult(context, outputOf(command), outcome, () => outcomeText(outcome));
      if (outcome.refused.length > 0)
        throw new CommandFailedError(
          `${outcome.refused.length} refused: skald show says how each of them stands`,
        );
    });
};

async function everyPage(
  context: CliContext,
  client: ApiClient,
  action: string,
  { rate, reason, mode, ...cause }: BulkOptions,
): Promise<Outcome> {
  const limit = wholeNumberOf('--rate', rate, rateMost);
  const total = await totalOf(client, cause);
  let outcome: Outcome = { done: 0, refused: [], pending: 0 };
  let place = {};
  for (;;) {
    const beganAt = context.clock.elapsed();
    const noted = mode === undefined ? { reason } : { reason, mode };
    const request = { action, ...cause, ...noted, by: actor(context), limit, ...place };
    const { body } = await client.post('/incidents/actions', request);
    const page = body as unknown as Page;
    outcome = withPage(outcome, page);
    context.warn(`${outcome.done + outcome.refused.length + outcome.pending} of ${total}`);
    if (page.next === undefined) return outcome;
    place = { before: page.before, after: page.next };
    await waitFor(context.clock, Math.max(0, 1_000 - (context.clock.elapsed() - beganAt)));
  }
}

async function totalOf(
  client: ApiClient,
  { definition, block, code }: Pick<BulkOptions, 'definition' | 'block' | 'code'>,
): Promise<number> {
  const { body } = await client.get('/incidents/groups', { definition, block, code });
  const { groups } = body as unknown as { readonly groups: readonly { readonly count: number }[] };
  return groups.reduce((sum, { count }) => sum + count, 0);
}

function withPage(outcome: Outcome, page: Page): Outcome {
  return {
    done: outcome.done + page.done,
    refused: [...outcome.refused, ...page.refused],
    pending: outcome.pending + page.pending,
  };
}

function outcomeText({ done, refused, pending }: Outcome): string {
  if (done + refused.length + pending === 0)
    return 'no open incident of this cause; skald incidents --group lists the causes there are';
  return [
    `${done} done, ${refused.length} refused, ${pending} asked for and not taken up yet`,
    ...refused.slice(0, 20).map(({ saga, detail }) => `  ${saga}: ${detail}`),
    ...(refused.length > 20 ? [`  and ${refused.length - 20} more`] : []),
  ].join('\n');
}
