import { readFileSync } from 'node:fs';
import type { Json } from '#libs/messaging';
import { apiClient } from '../api-client.js';
import { actor, UsageError, type CliContext } from '../cli-context.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { derivedKey } from './derived-key.js';

interface StartOptions {
  readonly data?: string;
  readonly input?: string;
  readonly idempotencyKey?: string;
  readonly as?: string;
  readonly reason?: string;
}

interface Started {
  readonly id: string;
  readonly outcome: 'created' | 'duplicate' | 'pending';
}

/** `skald start`. */
export const startCommand: CommandSetup = (program, context) => {
  program
    .command('start')
    .description('start a saga')
    .argument('<definition>', 'name of a published definition')
    .option('-d, --data <json>', 'the input as JSON')
    .option('-i, --input <file>', 'a file that holds the input as JSON; - for standard input')
    .option(
      '-k, --idempotency-key <key>',
      'the same key means the same saga (default: derived from definition and input, so that repeating the command starts nothing twice)',
    )
    .option('--reason <text>', 'why; it is kept, and shown to whoever asks why the saga ran')
    .option('--as <role>', "as somebody of a role, through the definition's trigger for people and its gates")
    .action(async (definition: string, options: StartOptions, command) => {
      const client = apiClient(context.env);
      const input = parseJson(await inputText(options, context), 'the input');
      const key = options.idempotencyKey ?? derivedKey(definition, JSON.stringify(input));
      const { path, sent } = requestOf(definition, input, options, context);
      const { body } = await client.post(path, sent, { 'idempotency-key': key });
      const started = body as unknown as Started;
      printResult(context, outputOf(command), started, () => startedText(started));
    });
};

/** JSON that somebody typed. @throws UsageError saying what it was for. */
export function parseJson(text: string, what: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UsageError(`${what} is not JSON: ${(error as Error).message}`);
  }
}

function requestOf(definition: string, input: Json, { as, reason }: StartOptions, context: CliContext) {
  const name = encodeURIComponent(definition);
  const asker = { by: actor(context), ...(reason === undefined ? {} : { reason }) };
  if (as === undefined)
    return { path: `/sagas/${name}?${new URLSearchParams(asker).toString()}`, sent: input };
  return { path: `/triggers/${name}`, sent: { data: input, ...asker, roles: [as] } };
}

async function inputText({ data, input }: StartOptions, context: CliContext): Promise<string> {
  if (data !== undefined && input !== undefined)
    throw new UsageError('give the input by --data or by --input, not by both');
  if (data !== undefined) return data;
  if (input === undefined) throw new UsageError("the input is missing: --data '{…}' or --input <file>");
  if (input === '-') return context.readInput();
  try {
    return readFileSync(input, 'utf8');
  } catch {
    throw new UsageError(`the file "${input}" cannot be read`);
  }
}

function startedText({ id, outcome }: Started): string {
  switch (outcome) {
    case 'created':
      return `started ${id}`;
    case 'duplicate':
      return `nothing started: ${id} has this business key or this idempotency key already`;
    case 'pending':
      return `asked for ${id}; no coordinator has taken it up yet. Look later: skald show ${id}`;
  }
}
