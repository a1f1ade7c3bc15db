import { apiClient } from '../api-client.js';
import { actor } from '../cli-context.js';
import { clockText } from '../page-text.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface ShownLine {
  readonly at: string;
  readonly what: string;
  readonly saga?: string;
  readonly trigger?: string;
  readonly event?: { readonly source: string; readonly id: string };
  readonly cause?: string;
  readonly decided?: unknown;
  readonly count: number;
}

interface ShownKey {
  readonly definition: string;
  readonly key: string;
  readonly frozenAt?: string;
  readonly running?: string;
  readonly waiting: readonly string[];
  readonly log: readonly ShownLine[];
  readonly sagas: readonly { readonly id: string; readonly status: string; readonly startedAt: string }[];
}

interface ShownGate {
  readonly definition: string;
  readonly event: string;
  readonly gate: string;
  readonly count: number;
}

/** `skald key`, `skald thaw` and `skald gates`: what was started, and what was not. */
export const keyCommands: CommandSetup = (program, context) => {
  program
    .command('key')
    .description('show what happened to a business key: starts, decisions, what was turned away and why')
    .argument('<saga>', 'name of the definition')
    .argument('<key>', 'the business key')
    .action(async (saga: string, key: string, _options: unknown, command) => {
      const { body } = await apiClient(context.env).get(pathOf(saga, key));
      printResult(context, outputOf(command), body, () => keyText(body as unknown as ShownKey));
    });
  program
    .command('thaw')
    .description('let a key go that was frozen because it went back and forth')
    .argument('<saga>', 'name of the definition')
    .argument('<key>', 'the business key')
    .requiredOption('-r, --reason <text>', 'why; it is kept')
    .action(async (saga: string, key: string, { reason }: { readonly reason: string }, command) => {
      const wish = { by: actor(context), reason };
      const { body } = await apiClient(context.env).post(`${pathOf(saga, key)}/thaw`, wish);
      printResult(context, outputOf(command), body, () => `${saga} ${key} starts sagas again`);
    });
  program
    .command('gates')
    .description('show how much was kept from starting sagas, by reason')
    .action(async (_options: unknown, command) => {
      const { body } = await apiClient(context.env).get('/gates');
      const { gated } = body as unknown as { readonly gated: readonly ShownGate[] };
      printResult(context, outputOf(command), { gated }, () => gatesText(gated));
    });
};

function pathOf(saga: string, key: string): string {
  return `/keys/${encodeURIComponent(saga)}/${encodeURIComponent(key)}`;
}

function keyText({ definition, key, frozenAt, running, waiting, log, sagas }: ShownKey): string {
  const head = [`${definition} ${key}`];
  if (frozenAt !== undefined)
    head.push(`frozen since ${clockText(frozenAt)}; let it go: skald thaw ${definition} ${key} --reason …`);
  if (running !== undefined) head.push(`running: ${running}`);
  if (waiting.length > 0) head.push(`waiting: ${waiting.join(', ')}`);
  return [...head, '', log.length > 0 ? logText(log) : sagasText(sagas)].join('\n');
}

function logText(log: readonly ShownLine[]): string {
  const rows = log.map((line) => [
    clockText(line.at),
    line.count === 1 ? line.what : `${line.what} ×${line.count}`,
    line.saga ?? '-',
    line.event === undefined ? '-' : `${line.event.source} ${line.event.id}`,
    line.cause ?? '-',
    line.decided === undefined ? '-' : JSON.stringify(line.decided),
  ]);
  return table(['at', 'what', 'saga', 'because of', 'caused by saga', 'decided'], rows);
}

function sagasText(sagas: ShownKey['sagas']): string {
  if (sagas.length === 0) return 'no saga yet';
  const rows = sagas.map(({ id, status, startedAt }) => [clockText(startedAt), id, status]);
  return table(['started', 'saga', 'status'], rows);
}

function gatesText(gated: readonly ShownGate[]): string {
  if (gated.length === 0) return 'nothing was kept out';
  const rows = gated.map(({ definition, event, gate, count }) => [definition, event, gate, count]);
  return table(['saga', 'trigger', 'because of', 'how often'], rows);
}
