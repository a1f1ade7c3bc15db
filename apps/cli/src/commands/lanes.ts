import { apiClient } from '../api-client.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface ShownLane {
  readonly topic: string;
  readonly part: number;
  readonly owner: string;
  readonly epoch: number;
  readonly seq: number;
  readonly nextOffset?: number;
  readonly takeovers: number;
  readonly unsent: number;
  readonly lastRecord?: { readonly at: string };
}

/** `skald lanes`. */
export const lanesCommand: CommandSetup = (program, context) => {
  program
    .command('lanes')
    .description('show who reads which partition, and how far')
    .action(async (_options: unknown, command) => {
      const { body } = await apiClient(context.env).get('/lanes');
      const { lanes } = body as unknown as { readonly lanes: readonly ShownLane[] };
      printResult(context, outputOf(command), { lanes }, () => lanesText(lanes));
    });
};

function lanesText(lanes: readonly ShownLane[]): string {
  if (lanes.length === 0) return 'no lane yet: no coordinator has taken up a partition';
  const rows = lanes.map((lane) => [
    lane.topic,
    lane.part,
    lane.owner,
    lane.epoch,
    lane.seq,
    lane.nextOffset ?? '-',
    lane.unsent,
    lane.takeovers,
    lane.lastRecord?.at ?? '-',
  ]);
  return table(
    ['topic', 'part', 'owner', 'epoch', 'commits', 'next offset', 'unsent', 'takeovers', 'last record'],
    rows,
  );
}
