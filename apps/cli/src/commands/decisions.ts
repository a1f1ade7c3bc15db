import type { DecisionMadeAgain } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { CommandFailedError } from '../cli-context.js';
import type { Shown } from '../shown.js';
import { clockText, indented } from '../page-text.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { findSagaId } from './find-saga.js';

type Decision = Shown<DecisionMadeAgain, 'at'>;

/** `skald decisions`. */
export const decisionsCommand: CommandSetup = (program, context) => {
  program
    .command('decisions')
    .description('make the decisions of a saga once more, from what was known then, and compare')
    .argument('<saga>', 'id or business key')
    .option('-d, --definition <name>', 'where a business key is used by several definitions')
    .action(async (saga: string, options: { readonly definition?: string }, command) => {
      const client = apiClient(context.env);
      const id = await findSagaId(client, saga, options.definition);
      const { body } = await client.get(`/sagas/${id}/decisions`);
      const { decisions } = body as unknown as { readonly decisions: readonly Decision[] };
      printResult(context, outputOf(command), { decisions }, () => decisionsText(decisions));
      const others = decisions.filter(({ again }) => again.kind !== 'same').length;
      if (others > 0)
        throw new CommandFailedError(
          `${others} of ${decisions.length} decisions do not come out as they did`,
        );
    });
};

function decisionsText(decisions: readonly Decision[]): string {
  if (decisions.length === 0) return 'no table was asked';
  const rows = decisions.map(({ at, block, table: name, version, again, ...decision }) => [
    clockText(at),
    block,
    `${name} version ${version}`,
    byText(decision),
    againText(again),
  ]);
  const weighed = decisions.flatMap((each) => (each.weighed === undefined ? [] : weighedLines(each)));
  return [table(['at', 'block', 'table', 'decided by', 'once more'], rows), ...weighed].join('\n');
}

/** What each proposal is good for, and what it gives up: too much for a cell. */
function weighedLines({ block, weighed = '' }: Decision): readonly string[] {
  return ['', `${block} weighed`, ...weighed.split(' | ').map((line) => indented(line))];
}

function byText({ rules, weighed }: Pick<Decision, 'rules' | 'weighed'>): string {
  if (weighed !== undefined) return 'weighed, see below';
  return rules.length === 0 ? 'default' : rules.join(', ');
}

function againText(again: Decision['again']): string {
  switch (again.kind) {
    case 'same':
      return 'the same';
    case 'different':
      return `different: ${again.because}${again.rules.length === 0 ? '' : ` (${again.rules.join(', ')})`}`;
    case 'impossible':
      return `not possible: ${again.because}`;
  }
}
