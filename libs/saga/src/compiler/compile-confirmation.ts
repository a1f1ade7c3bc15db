import type { BlockSource } from '../blocks/block.js';
import { at, textAt } from '../document/cursor.js';
import { durationMs } from '../expression/duration.js';
import type { CommandAsk } from '../node.js';
import { record } from '../shape/container-shapes.js';
import { DURATION_TEXT } from '../shape/scalar-shapes.js';
import type { Field } from '../shape/shape.js';
import type { BlockCompiler } from './block-compiler.js';
import type { CommandContract } from './contracts.js';
import type { Flow } from './flow.js';
import { settingsOf } from './inheritance.js';
import { CORRELATION_FIELDS, EVENT_FIELD, compileSubscription } from './subscriptions.js';

/** `confirm`: what has to be heard beside the answer. */
export const CONFIRM_FIELD: Field = {
  doc: 'The event without which an answer does not count as done.',
  shape: record({
    title: '`confirm`',
    fields: {
      event: { ...EVENT_FIELD, required: 'name the event that confirms it.' },
      ...CORRELATION_FIELDS,
      within: {
        shape: DURATION_TEXT,
        doc: 'How long after the answer.',
        required: 'how long after the answer the event may come, such as 10m.',
      },
    },
  }),
};

/** `fresh`: how old an answer may be. */
export const FRESH_FIELD: Field = {
  shape: DURATION_TEXT,
  doc: 'How long ago an answer may have been true; an older one says nothing.',
};

/** Compiles the event that has to confirm a step, if one has to. */
export function compileConfirmation(
  { cursor, name }: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  compiler: BlockCompiler,
): Pick<CommandAsk, 'confirm'> {
  const [confirm] = settingsOf('confirm', 'step', cursor, command, compiler.inheritance);
  if (confirm === undefined) return {};
  if (command?.hasEffect === false)
    compiler.log.errorAtKey(
      confirm,
      `"${command.call}" has no effect, so there is nothing that an event could confirm. Leave \`confirm\` out of step "${name}".`,
    );
  const { subscription } = compileSubscription(confirm, flow, compiler);
  return { confirm: { event: subscription, withinMs: durationMs(textAt(confirm, 'within')!) ?? 0 } };
}

/** Compiles how old an answer may be. A default holds for those commands whose answers say when they were true. */
export function compileFreshness(
  { cursor, name }: BlockSource,
  command: CommandContract | undefined,
  { inheritance, log }: BlockCompiler,
): Pick<CommandAsk, 'fresh'> {
  const [fresh] = settingsOf('fresh', 'step', cursor, command, inheritance);
  if (fresh === undefined) return {};
  const asOf = command?.asOf;
  if (asOf !== undefined) return { fresh: { withinMs: durationMs(String(fresh.value)) ?? 0, asOf } };
  const own = at(cursor, 'fresh');
  if (own !== undefined)
    log.errorAtKey(
      own,
      `Nobody knows when an answer to step "${name}" was true. Say it in the contract of "${textAt(cursor, 'call')}": \`asOf: data.<field>\`.`,
    );
  return {};
}
