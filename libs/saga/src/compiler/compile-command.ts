import type { BlockSource } from '../blocks/block.js';
import { at } from '../document/cursor.js';
import type { CommandAsk, RetryPolicy, StepKind, Undo } from '../node.js';
import { isOfOne } from '../participant-of.js';
import type { BlockCompiler } from './block-compiler.js';
import { allowedData } from './allowed-data.js';
import { answerCheck } from './check-data.js';
import { checkClearance } from './clearance.js';
import { noteClasses } from './classed-data.js';
import { compileUndo, selfOfStep } from './compensation.js';
import { compileConfirmation, compileFreshness } from './compile-confirmation.js';
import { compileQuestion } from './compile-question.js';
import { DRAIN_MS, type CommandContract } from './contracts.js';
import { noteMessage } from './encryption.js';
import { compileEventAnswer } from './event-answer.js';
import type { Flow, Raised } from './flow.js';
import { retryPolicy, saysAttempts, settingsOf } from './inheritance.js';
import { silencePolicy } from './silence.js';
import { commandData } from './sent-data.js';

/** Makes the durable exchange of a step. */
export function compileCommand(
  source: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  compiler: BlockCompiler,
): CommandAsk {
  const verify = compileQuestion(source, flow, command, compiler);
  const effect = command?.hasEffect ?? true;
  const undo =
    effect && flow.pivot !== 'behind'
      ? compileUndo(
          { source, flow, command, self: selfOfStep(source, flow, command, verify, compiler) },
          compiler,
        )
      : undefined;
  const data = commandData(source, flow, command, compiler);
  const written = at(source.cursor, 'with');
  const call = String(at(source.cursor, 'call')!.value);
  noteClasses(compiler.classed.sent, source.name, data.type);
  noteMessage(compiler.classed, source.name, 'do', data.type, command);
  checkClearance(
    call,
    { type: data.type, cursor: written ?? at(source.cursor, 'call')!, isWritten: written !== undefined },
    compiler.contracts,
    compiler.log,
  );
  const isPivot = effect && at(source.cursor, 'pivot')?.value === true;
  const silence = settingsOf('timeout', 'step', source.cursor, command, compiler.inheritance);
  return {
    kind: 'ask',
    id: source.id,
    block: source.name,
    channel: 'command',
    call,
    data: allowedData(data, command, compiler),
    ...received(command, compiler),
    effect,
    pivot: isPivot,
    retry: stepRetry(source, flow, command, compiler),
    timeout: silencePolicy(silence, kindOf({ effect, isPivot, undo }, flow), compiler),
    ifUnknown: ifUnknown(source, command, verify !== undefined, compiler),
    ...(verify === undefined ? {} : { verify }),
    ...compileConfirmation(source, flow, command, compiler),
    ...compileFreshness(source, command, compiler),
    ...compileEventAnswer(source, command, compiler),
    ...(effect && undo === undefined && source.recheck !== undefined ? { recheck: source.recheck } : {}),
    ...(undo === undefined ? {} : { undo }),
    ...(effect ? drainOf(String(at(source.cursor, 'call')!.value), undo, command) : {}),
  };
}

function kindOf(
  {
    effect,
    isPivot,
    undo,
  }: { readonly effect: boolean; readonly isPivot: boolean; readonly undo: Undo | undefined },
  flow: Flow,
): StepKind {
  if (flow.undoing !== undefined) return 'undo';
  if (!effect) return 'read-only';
  if (isPivot) return 'pivot';
  if (flow.pivot === 'behind') return 'retriable';
  return undo === undefined ? 'kept' : 'compensable';
}

function received(
  command: CommandContract | undefined,
  { files, log }: BlockCompiler,
): Pick<CommandAsk, 'receive'> {
  const receive = answerCheck(command, files, log);
  return receive === undefined ? {} : { receive };
}

// Behind the pivot a step has to succeed in the end, so it gives up only when it says so itself: a default
// that was written for steps that can be undone must not end it.
function stepRetry(
  { cursor }: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
  { inheritance }: BlockCompiler,
): RetryPolicy {
  const policy = retryPolicy(settingsOf('retry', 'step', cursor, command, inheritance), inheritance);
  // What undoes something may fail for good: then a person is needed.
  if (flow.pivot !== 'behind' || flow.undoing !== undefined) return policy;
  const own = at(cursor, 'retry');
  return own !== undefined && saysAttempts([own], inheritance) ? policy : { ...policy, attempts: 'forever' };
}

function ifUnknown(
  source: BlockSource,
  command: CommandContract | undefined,
  hasQuestion: boolean,
  compiler: BlockCompiler,
): CommandAsk['ifUnknown'] {
  const [setting] = settingsOf('ifUnknown', 'step', source.cursor, command, compiler.inheritance);
  const choice = setting?.value as CommandAsk['ifUnknown'] | undefined;
  const isOwn = at(source.cursor, 'ifUnknown') !== undefined;
  if (choice === 'verify' && !hasQuestion) {
    if (isOwn)
      compiler.log.error(
        setting!,
        `Step "${source.name}" has no query to ask. Write \`verify: <query>\`, or choose retry, wait, undo or incident.`,
      );
    return 'retry';
  }
  if (choice === 'undo' && at(source.cursor, 'compensate') === undefined) {
    if (isOwn)
      compiler.log.error(
        setting!,
        `Step "${source.name}" has no \`compensate\`, so it cannot be undone in doubt. Choose verify, retry, wait or incident.`,
      );
    return hasQuestion ? 'verify' : 'retry';
  }
  return choice ?? (hasQuestion ? 'verify' : 'retry');
}

/** The errors that may come out of a step. */
export function stepRaises(
  node: CommandAsk,
  { cursor }: BlockSource,
  flow: Flow,
  command: CommandContract | undefined,
): readonly Raised[] {
  const common = { block: node.block, cursor: at(cursor, 'call')!, pivot: flow.pivot };
  const business: readonly Raised[] =
    command === undefined
      ? [{ ...common, error: 'rejected', kind: 'unnamed' }]
      : command.rejects.map((error) => ({ ...common, error, kind: 'business' }));
  const inDoubt = { ...common, pivot: node.pivot ? ('either' as const) : flow.pivot };
  return [
    ...business,
    { ...common, error: 'invalid', kind: 'engine' },
    { ...inDoubt, error: 'unknown', kind: 'engine' },
    ...(node.confirm === undefined ? [] : [{ ...inDoubt, error: 'unconfirmed', kind: 'engine' as const }]),
    ...(node.retry.attempts === 'forever' ? [] : [{ ...common, error: 'failed', kind: 'engine' as const }]),
  ];
}

/** For how long what was sent may still be carried out, where the participant would not refuse it by then. */
function drainOf(
  call: string,
  undo: Undo | undefined,
  command: CommandContract | undefined,
): Pick<CommandAsk, 'drainMs' | 'drainsOnlyInDoubt'> {
  if (command?.isFencing === false) return { drainMs: command.drainMs };
  if (undo === undefined || ('call' in undo && isOfOne(call, undo.call))) return {};
  return { drainMs: command?.drainMs ?? DRAIN_MS, drainsOnlyInDoubt: true };
}
