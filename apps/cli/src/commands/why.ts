import type { Instant } from '#libs/messaging';
import { apiClient } from '../api-client.js';
import { clockText } from '../page-text.js';
import { saidLines, waitText } from '../saga-page.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { findSagaId } from './find-saga.js';

interface ShownWhy {
  readonly sagas: readonly ShownWaiter[];
  readonly circles: readonly { readonly text: string; readonly endsAt?: string }[];
  readonly isCut: boolean;
}

interface ShownWaiter {
  readonly id: string;
  readonly definition: string;
  readonly businessKey: string;
  readonly status: string;
  readonly isBusy: boolean;
  readonly waits: readonly {
    readonly text: string;
    readonly block: string;
    readonly since: string;
    readonly until?: string;
    readonly isBeside: boolean;
    readonly help: readonly { readonly text: string }[];
    readonly title?: string;
    readonly status?: string;
    readonly owner?: string;
  }[];
  readonly held?: readonly { readonly text: string; readonly since: string }[];
}

/** `skald why`. */
export const whyCommand: CommandSetup = (program, context) => {
  program
    .command('why')
    .description('show why a saga does not go on: what it waits for, who can help, and what those wait for')
    .argument('<saga>', 'id or business key')
    .option('-d, --definition <name>', 'where a business key is used by several definitions')
    .action(async (saga: string, options: { readonly definition?: string }, command) => {
      const client = apiClient(context.env);
      const id = await findSagaId(client, saga, options.definition);
      const { body } = await client.get(`/sagas/${id}/why`);
      const why = body as unknown as ShownWhy;
      printResult(context, outputOf(command), why, () => whyPage(why, context.clock.now()));
    });
};

function whyPage({ sagas, circles, isCut }: ShownWhy, now: Instant): string {
  return [
    ...circles.map(circleLine),
    ...sagas.map((saga) => waiterText(saga, now)),
    ...(isCut ? ['There are more who may help; this is as far as was looked.'] : []),
  ].join('\n\n');
}

function circleLine({ text, endsAt }: ShownWhy['circles'][number]): string {
  const end =
    endsAt === undefined
      ? 'Nothing ends that by itself, unless somebody else publishes such an event.'
      : `One of them goes on by itself at ${clockText(endsAt)}.`;
  return `They wait for each other: ${text}.\n${end}`;
}

function waiterText(
  { id, definition, businessKey, status, isBusy, waits, held = [] }: ShownWaiter,
  now: Instant,
): string {
  const limits = held.map((wait) => `  - waits for ${waitText(wait, now)}`);
  const others = waits.flatMap((wait) => [
    `  - ${wait.isBeside ? 'listens for' : 'waits for'} ${waitText(wait, now)}`,
    ...saidLines(wait).map((line) => `    ${line}`),
    ...wait.help.map(({ text }) => `    from ${text}`),
  ]);
  const lines = [...limits, ...others];
  const busy =
    isBusy && held.length === 0 ? ['  - is busy with something else: skald show says with what'] : [];
  const nothing = lines.length === 0 && !isBusy ? ['  waits for nobody outside the participants'] : [];
  return [`${definition} ${businessKey} (${status}, ${id})`, ...lines, ...busy, ...nothing].join('\n');
}
