import { blockOf } from '../blocks/registered-blocks.js';
import { at, entriesOf, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { listsIn, outerListsIn } from './block-names.js';
import { isOfAgent, type Contracts } from './contracts.js';
import type { Raised } from './flow.js';
import type { Fragments } from './fragments.js';

/** What agents do that is never left to them alone; everything else they need is said in their contracts. */
export interface AgentChecks {
  readonly contracts: Contracts;
  readonly fragments: Fragments;
  readonly log: ProblemLog;
}

/**
 * Complains about steps of agents that nobody can switch off while sagas run, or whose answer no person sees who could
 * decide otherwise. What a fragment holds is looked at where it is included, for a switch may stand around that.
 */
export function checkAgents(saga: Cursor, checks: AgentChecks): void {
  const lists = [at(saga, 'steps'), ...outerListsIn(saga)];
  const all = lists.flatMap((list) => blocksIn(list, false));
  for (const found of all) checkStep(found, all, checks);
  for (const { block, isSwitched } of all) checkIncluded(block, isSwitched, checks, []);
}

interface Found {
  readonly block: Cursor;
  /** It, or a block around it, has a toggle. */
  readonly isSwitched: boolean;
}

function blocksIn(list: Cursor | undefined, isSwitched: boolean): readonly Found[] {
  return itemsOf(list).flatMap((block) => {
    const own = { block, isSwitched: isSwitched || at(block, 'toggle') !== undefined };
    return [own, ...listsIn(block).flatMap((inside) => blocksIn(inside, own.isSwitched))];
  });
}

function checkIncluded(
  block: Cursor,
  isSwitched: boolean,
  checks: AgentChecks,
  around: readonly string[],
): void {
  const name = textAt(block, 'fragment');
  if (name === undefined || around.includes(name)) return;
  const versions = checks.fragments.byName.get(name);
  const version = at(block, 'version')?.value ?? Math.max(...(versions?.keys() ?? []));
  const document = versions?.get(Number(version));
  if (document === undefined) return;
  const steps = { document, path: ['steps'], value: document.data['steps'] ?? null };
  const all = blocksIn(steps, isSwitched);
  for (const found of all) {
    checkStep(found, all, checks);
    checkIncluded(found.block, found.isSwitched, checks, [...around, name]);
  }
}

function checkStep(
  { block, isSwitched }: Found,
  all: readonly Found[],
  { contracts, log }: AgentChecks,
): void {
  const call = textAt(block, 'call');
  if (blockOf(block).head !== 'step' || call === undefined || !isOfAgent(call, contracts)) return;
  const name = textAt(block, 'step')!;
  const head = at(block, 'step')!;
  if (!isSwitched)
    log.error(
      head,
      `Agent step "${name}" has no runtime control: nobody could switch the agent off while sagas run. Write \`toggle: <name>\` here or at a block around it, and declare it under \`toggles\`.`,
    );
  if (!all.some(({ block: other }) => isShown(name, other)))
    log.error(
      head,
      `Agent step "${name}" has no override: no person sees its answer who could decide otherwise. Write a \`task\` with more than one answer, or with fields, that shows \`\${ steps.${name}.output }\`.`,
    );
}

/** Does a task show the answer of a step to somebody who can say something else? */
function isShown(step: string, block: Cursor): boolean {
  if (blockOf(block).head !== 'task') return false;
  const shown = JSON.stringify([at(block, 'show')?.value ?? null, at(block, 'items')?.value ?? null]);
  const answers = entriesOf(at(block, 'answers'));
  const canDiffer =
    answers.length > 1 || answers.some(([, answer]) => itemsOf(at(answer, 'needs')).length > 0);
  return canDiffer && new RegExp(`\\bsteps\\.\\??${step}\\b`).test(shown);
}

/** Complains about steps of agents whose failures nobody takes over. */
export function checkEscalation(
  raises: readonly Raised[],
  { contracts, log }: Pick<AgentChecks, 'contracts' | 'log'>,
): void {
  const open = new Map<string, { readonly call: Cursor; readonly errors: string[] }>();
  for (const { error, kind, block, cursor } of raises) {
    const isCall = cursor.path.at(-1) === 'call' && typeof cursor.value === 'string';
    if (kind !== 'engine' || !isCall || !isOfAgent(String(cursor.value), contracts)) continue;
    const found = open.get(block) ?? { call: cursor, errors: [] };
    open.set(block, found);
    if (!found.errors.includes(error)) found.errors.push(error);
  }
  for (const [block, { call, errors }] of open)
    log.error(
      call,
      `Agent step "${block}" has no escalation for ${errors.join(', ')}: nobody takes over when it fails. Say who or what does with \`catch: { ${errors[0]}: … }\`, here or at a block around it.`,
    );
}
