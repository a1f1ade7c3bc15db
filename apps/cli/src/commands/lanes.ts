import { apiClient } from '../api-client.js';
import { actor, UsageError } from '../cli-context.js';
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

interface MoveOptions {
  readonly to: string;
  readonly reason: string;
}

/** `skald lanes` and `skald lanes move`. */
export const lanesCommand: CommandSetup = (program, context) => {
  const lanes = program
    .command('lanes')
    .description('show who reads which partition, and how far')
    .action(async (_options: unknown, command) => {
      const { body } = await apiClient(context.env).get('/lanes');
      const { lanes } = body as unknown as { readonly lanes: readonly ShownLane[] };
      printResult(context, outputOf(command), { lanes }, () => lanesText(lanes));
    });
  lanes
    .command('move')
    .description('let a halted lane go on where you say; what lies between is not folded')
    .argument('<lane>', 'topic/partition, as `skald incidents` shows it')
    .requiredOption('--to <offset>', 'the next offset to fold, or start or end of what the partition holds')
    .requiredOption('-r, --reason <text>', 'why; it is kept')
    .action(async (lane: string, { to, reason }: MoveOptions, command) => {
      const { topic, part } = laneOf(lane);
      const move = { to: offsetOf(to), by: actor(context), reason };
      const { body } = await apiClient(context.env).post(`/lanes/${topic}/${part}/move`, move);
      const { nextOffset } = body as unknown as { readonly nextOffset: number };
      printResult(
        context,
        outputOf(command),
        body,
        () => `${lane} goes on at offset ${nextOffset} within ten seconds`,
      );
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

function laneOf(text: string): { readonly topic: string; readonly part: string } {
  const [, topic, part] = /^([A-Za-z0-9._-]+)\/(\d+)$/.exec(text) ?? [];
  if (topic === undefined || part === undefined)
    throw new UsageError(`"${text}" is no lane; write topic/partition, such as orders.home/3`);
  return { topic, part };
}

function offsetOf(text: string): number | string {
  if (text === 'start' || text === 'end') return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`--to is "${text}"; it has to be an offset, start or end`);
}
