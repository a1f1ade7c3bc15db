import { isSagaId, type JsonObject } from '#libs/messaging';
import { apiClient, type ApiClient } from '../api-client.js';
import { actor, UsageError } from '../cli-context.js';
import { clockText } from '../page-text.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { findSagaId } from './find-saga.js';

/** What is paused, as the coordinator's API shows it. */
interface ShownPause {
  readonly kind: string;
  readonly name: string;
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  readonly held: number;
  readonly resumed?: { readonly at: string; readonly by: string; readonly reason: string };
  readonly overAt?: string;
}

interface PauseOptions {
  readonly reason: string;
  readonly definition?: string;
}

interface ResumeOptions extends PauseOptions {
  readonly rate: string;
}

const kindArgument = 'participant, definition or saga';
const nameArgument = 'its name; of a saga, its id or business key';
const definitionOption = 'where a business key is used by several definitions';

/** `skald pause`, `skald resume` and `skald pauses`. */
export const pauseCommands: CommandSetup = (program, context) => {
  program
    .command('pause')
    .description('hold what is sent to a participant, by the sagas of a definition, or by one saga')
    .argument('<kind>', kindArgument)
    .argument('<name>', nameArgument)
    .requiredOption('-r, --reason <text>', 'why; it is kept, and shown to whoever waits')
    .option('-d, --definition <name>', definitionOption)
    .action(async (kind: string, name: string, options: PauseOptions, command) => {
      const client = apiClient(context.env);
      const path = await pathOf(client, kind, name, options);
      const { body } = await client.post(path, { by: actor(context), reason: options.reason });
      printResult(
        context,
        outputOf(command),
        body,
        () => `${kind} ${name} is paused, everywhere within seconds`,
      );
    });
  program
    .command('resume')
    .description('let what is paused go on, little by little')
    .argument('<kind>', kindArgument)
    .argument('<name>', nameArgument)
    .requiredOption('-r, --reason <text>', 'why; it is kept')
    .option('--rate <count>', 'so much of what is held is sent in a second', '50')
    .option('-d, --definition <name>', definitionOption)
    .action(async (kind: string, name: string, options: ResumeOptions, command) => {
      const client = apiClient(context.env);
      const path = await pathOf(client, kind, name, options);
      const fields: JsonObject = { by: actor(context), reason: options.reason, ...paceOf(options.rate) };
      const { body } = await client.post(`${path}/resume`, fields);
      printResult(context, outputOf(command), body, () => resumedText(body as unknown as ShownPause));
    });
  program
    .command('pauses')
    .description('list what is paused: by whom, why, and how much is held')
    .action(async (_options: unknown, command) => {
      const { body } = await apiClient(context.env).get('/pauses');
      const { pauses } = body as unknown as { readonly pauses: readonly ShownPause[] };
      printResult(context, outputOf(command), body, () => pausesText(pauses));
    });
};

async function pathOf(
  client: ApiClient,
  kind: string,
  name: string,
  { definition }: PauseOptions,
): Promise<string> {
  const id = kind === 'saga' && !isSagaId(name) ? await findSagaId(client, name, definition) : name;
  return `/pauses/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}

function paceOf(rate: string): JsonObject {
  const perSecond = Number(rate);
  if (!(perSecond > 0)) throw new UsageError(`--rate has to be a number above 0, not "${rate}"`);
  return { perSecond };
}

function resumedText({ kind, name, held, overAt }: ShownPause): string {
  const end =
    held === 0 || overAt === undefined
      ? 'nothing was held'
      : `what was held leaves until ${clockText(overAt)}`;
  return `${kind} ${name} goes on; ${end}`;
}

function pausesText(pauses: readonly ShownPause[]): string {
  if (pauses.length === 0) return 'nothing is paused';
  const rows = pauses.map(({ kind, name, at, by, reason, held, resumed, overAt }) => [
    kind,
    name,
    held,
    clockText(at),
    `${by}: ${reason}`,
    resumed === undefined || overAt === undefined ? '-' : `by ${resumed.by}, until ${clockText(overAt)}`,
  ]);
  return table(['what', 'name', 'held', 'paused', 'by whom and why', 'resumed'], rows);
}
