import { Option, type Command } from 'commander';
import type { Json, JsonObject } from '#libs/messaging';
import { failureModes } from '#libs/orchestration';
import { apiClient, type ApiAnswer, type ApiClient } from '../api-client.js';
import { actor, type CliContext } from '../cli-context.js';
import { outputOf, printOutcome, type CommandSetup } from './command-setup.js';
import { findSagaId } from './find-saga.js';
import { parseJson } from './start.js';

interface ActionOptions {
  readonly block?: string;
  readonly result?: string;
  readonly reason?: string;
  readonly mode?: string;
  readonly definition?: string;
}

const sagaArgument = 'id or business key of a saga';
const sagaOrRecord = 'id or business key of a saga, or a parked record as topic/partition/offset';

/** `skald retry`, `skip`, `fix`, `redrive` and `cancel`. */
export const actionCommands: CommandSetup = (program, context) => {
  const add = (name: string, description: string, argument: string): Command =>
    program
      .command(name)
      .description(description)
      .argument('<saga>', argument)
      .option('-r, --reason <text>', 'why; kept with the saga')
      .option('-d, --definition <name>', 'where a business key is used by several definitions')
      .action((target: string, options: ActionOptions, command: Command) =>
        act(context, name, target, options, command),
      );

  add('retry', 'try what an incident is about again', sagaArgument)
    .addOption(modeOption())
    .option('-b, --block <name>', 'which block; not needed where there is one incident');
  add('skip', 'go on as if a block had succeeded, or give up a parked record', sagaOrRecord)
    .addOption(modeOption())
    .option('-b, --block <name>', 'which block; not needed where there is one incident')
    .option('--result <json>', 'what stands in for the output of the block');
  add('redrive', 'take up a parked record again', sagaOrRecord).addOption(modeOption());
  program
    .command('fix')
    .description('say that what a block did was put right by hand, so that it is not undone')
    .argument('<saga>', sagaArgument)
    .argument('<block>', 'which block; <block>@<item> for one item of a loop')
    .requiredOption('-r, --reason <text>', 'how it was put right; kept with the saga as the proof')
    .option('-d, --definition <name>', 'where a business key is used by several definitions')
    .action((target: string, block: string, options: ActionOptions, command: Command) =>
      act(context, 'fix', target, { ...options, block }, command),
    );
  add('cancel', 'undo what a saga has done and end it as cancelled', sagaArgument);
};

/** What was the matter, as far as that is known. */
export function modeOption(): Option {
  return new Option('-m, --mode <mode>', 'what was found to be the matter; kept and counted').choices(
    failureModes,
  );
}

async function act(
  context: CliContext,
  action: string,
  target: string,
  options: ActionOptions,
  command: Command,
): Promise<void> {
  const client = apiClient(context.env);
  const { body } = await send(client, action, target, options, actor(context));
  printOutcome(context, outputOf(command), body, `skald show ${target}`);
}

async function send(
  client: ApiClient,
  action: string,
  target: string,
  options: ActionOptions,
  by: string,
): Promise<ApiAnswer> {
  const reason = {
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
  };
  const record = /^([A-Za-z0-9._-]+)\/(\d+)\/(\d+)$/.exec(target);
  if (record !== null && (action === 'skip' || action === 'redrive')) {
    const [, topic, part, offset] = record;
    return client.post(`/parked/${topic}/${part}/${offset}/${action}`, { by, ...reason });
  }
  const id = await findSagaId(client, target, options.definition);
  const output: JsonObject = options.result === undefined ? {} : { output: resultOf(options.result) };
  const block: JsonObject = options.block === undefined ? {} : { block: options.block };
  return client.post(`/sagas/${id}/actions`, { action, by, ...block, ...output, ...reason });
}

function resultOf(text: string): Json {
  return parseJson(text, '--result');
}
