import type { Command } from 'commander';
import type { JsonObject } from '#libs/messaging';
import { apiClient } from '../api-client.js';
import { actor, UsageError, type CliContext } from '../cli-context.js';
import { outputOf, printOutcome, type CommandSetup } from './command-setup.js';
import { derivedKey } from './derived-key.js';
import { findTaskId } from './find-task.js';
import { parseJson } from './start.js';
import { rolesOf, rolesOption } from './task-roles.js';

interface AnswerOptions {
  readonly reason?: string;
  readonly field?: readonly string[];
  readonly data?: string;
  readonly item?: readonly string[];
  readonly all?: boolean;
  readonly roles?: string;
  readonly idempotencyKey?: string;
}

const taskArgument = 'id of a task, or the business key of a saga with one open task';

/** `skald answer`, `claim` and `unclaim`. */
export const answerCommands: CommandSetup = (program, context) => {
  program
    .command('answer')
    .description('answer a task; the first answer of somebody who was asked counts')
    .argument('<task>', taskArgument)
    .argument('<answer>', 'one of the answers that skald task lists')
    .option('-r, --reason <text>', 'why; kept with the answer, and asked for where it takes something away')
    .option('-f, --field <name=text>', 'a field of the answer; again for another one', collected)
    .option('--data <json>', 'fields of the answer as a JSON object')
    .option('--item <key>', 'an item it is about; again for another one', collected)
    .option('--all', 'it is about every item that is open')
    .option(
      '-k, --idempotency-key <key>',
      'the same key means the same answer (default: every command is one)',
    )
    .addOption(rolesOption())
    .action((task: string, answer: string, options: AnswerOptions, command: Command) =>
      act(context, 'answers', task, answerOf(answer, options), options, command),
    );
  for (const [name, what] of [
    ['claim', 'say that you are at a task; nobody is kept from answering'],
    ['unclaim', 'say that you are not at a task any more'],
  ] as const)
    program
      .command(name)
      .description(what)
      .argument('<task>', taskArgument)
      .addOption(rolesOption())
      .action((task: string, options: AnswerOptions, command: Command) =>
        act(context, name, task, {}, options, command),
      );
};

async function act(
  context: CliContext,
  what: 'answers' | 'claim' | 'unclaim',
  target: string,
  said: JsonObject,
  options: AnswerOptions,
  command: Command,
): Promise<void> {
  const client = apiClient(context.env);
  const id = await findTaskId(client, target);
  const request = { ...said, by: actor(context), roles: rolesOf(options, context) };
  // Somebody who is refused may be asked later, and then says the same again: so the time is part of it.
  const key = options.idempotencyKey ?? derivedKey(id, JSON.stringify(request), context.clock.now());
  const { body } = await client.post(`/tasks/${id}/${what}`, request, { 'idempotency-key': key });
  printOutcome(context, outputOf(command), body, `skald task ${id}`);
}

function answerOf(answer: string, options: AnswerOptions): JsonObject {
  const { reason, item, all } = options;
  if (item !== undefined && all === true)
    throw new UsageError('name items by --item, or take --all, not both');
  const items = all === true ? 'all' : item;
  return {
    answer,
    fields: fieldsOf(options),
    ...(reason === undefined ? {} : { reason }),
    ...(items === undefined ? {} : { items }),
  };
}

function fieldsOf({ field = [], data }: AnswerOptions): JsonObject {
  const given = data === undefined ? {} : parseJson(data, '--data');
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new UsageError('--data has to be a JSON object of fields');
  const named = field.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--field is "${text}"; it has to be like orderId=O-7`);
    return [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return { ...(given as JsonObject), ...Object.fromEntries(named) };
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
