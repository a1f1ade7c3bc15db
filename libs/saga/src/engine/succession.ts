import type { Program } from '../program.js';
import type { SagaState } from '../turn.js';
import { chartOf, type Chart, type Site } from './chart.js';
import type { EngineState, Operation } from './engine-state.js';

/**
 * Whether a saga that runs one version could go on by another one. `continue`: as it stands. `mapping`: somebody has to
 * say which block of the new version is which of the old one, or what a block that it passed has left behind. `drain`:
 * it has to come to its end by the version it began with.
 */
export type Succession = 'continue' | 'mapping' | 'drain';

/** What was found of one saga. */
export interface SuccessionCheck {
  readonly verdict: Succession;
  /** Blocks it stands at. */
  readonly at: readonly string[];
  /** Why not simply `continue`, in words. */
  readonly reasons: readonly string[];
}

interface Objection {
  readonly verdict: Exclude<Succession, 'continue'>;
  readonly reason: string;
}

/** Holds the position of a saga against another version of its definition. Pure; the state is not changed. */
export function checkSuccession(from: Program, to: Program, saga: SagaState): SuccessionCheck {
  const state = saga as EngineState;
  const [old, next] = [chartOf(from), chartOf(to)];
  const here = [...new Set(openNodes(state))];
  const objections = [
    ...undoingObjections(state, to),
    ...here.flatMap((id) => openObjections(id, old, next)),
    ...state.operations.flatMap((operation) => doneObjections(operation, old, next)),
    ...here.flatMap((id) => orderObjections(id, state, old, next)),
    ...inputObjections(state, to),
  ];
  const isDrain = objections.some(({ verdict }) => verdict === 'drain');
  return {
    verdict: isDrain ? 'drain' : objections.length > 0 ? 'mapping' : 'continue',
    at: [...new Set(here.flatMap((id) => blockOf(old.sites.get(id))))],
    reasons: [...new Set(objections.map(({ reason }) => reason))],
  };
}

/** Nodes in which something is open: asked for, slept in, waited for, or raised and left there. */
function openNodes({ operations, frames, raised }: EngineState): readonly string[] {
  const asked = operations.filter(({ standing }) => standing === 'asked').map(({ at }) => at);
  const waiting = Object.entries(frames).flatMap(([key, { kind }]) =>
    kind === 'sleep' || kind === 'wait' ? [key] : [],
  );
  return [...asked, ...waiting, ...Object.keys(raised)].map(nodeId);
}

function undoingObjections({ status, frames }: EngineState, to: Program): readonly Objection[] {
  const isUndoing =
    status === 'compensating' ||
    Object.values(frames).some((frame) => frame.kind === 'scope' && frame.mode !== 'running');
  return isUndoing
    ? [
        {
          verdict: 'drain',
          reason: `it is undoing, or dealing with an error, which version ${to.version} may do otherwise`,
        },
      ]
    : [];
}

/** What is under way has to be there, and mean the same. */
function openObjections(id: string, old: Chart, next: Chart): readonly Objection[] {
  const [before, after] = [old.sites.get(id), next.sites.get(id)];
  const block = blockOf(before)[0] ?? id;
  if (before === undefined || after === undefined)
    return [
      {
        verdict: 'mapping',
        reason: `it stands at "${block}", which version ${versionOf(next)} does not have`,
      },
    ];
  const [was, is] = [meaningOf(before), meaningOf(after)];
  if (was !== is)
    return [
      {
        verdict: 'drain',
        reason: `"${block}" is under way as ${was}, and version ${versionOf(next)} has ${is}`,
      },
    ];
  return before.bodies.length === after.bodies.length
    ? []
    : [{ verdict: 'drain', reason: `"${block}" stands in another loop in version ${versionOf(next)}` }];
}

/** What was done has to be undone in the same way, and the point of no return has to lie where it was passed. */
function doneObjections(operation: Operation, old: Chart, next: Chart): readonly Objection[] {
  const { standing } = operation;
  if (standing === 'refused' || standing === 'undone' || standing === 'left') return [];
  const [before, after] = [old.sites.get(nodeId(operation.at)), next.sites.get(nodeId(operation.at))];
  const block = blockOf(before)[0] ?? operation.at;
  const wasPivot = isPivot(before);
  if (wasPivot !== isPivot(after) && (wasPivot || after !== undefined))
    return [
      {
        verdict: 'drain',
        reason: `"${block}" ${wasPivot ? 'was' : 'was not'} the point of no return, and in version ${versionOf(next)} it ${wasPivot ? 'is not' : 'is'}`,
      },
    ];
  const undo = undoText(before);
  const isKnownOpen = standing === 'asked' && after === undefined;
  if (isKnownOpen || undo === undefined || undo === undoText(after)) return [];
  return after === undefined
    ? [
        {
          verdict: 'mapping',
          reason: `"${block}" was done and may have to be undone, and version ${versionOf(next)} does not have it`,
        },
      ]
    : [
        {
          verdict: 'drain',
          reason: `"${block}" was done and is undone by ${undo}, in version ${versionOf(next)} by ${undoText(after) ?? 'nothing'}`,
        },
      ];
}

/** Nothing is passed over that the new version would have done, and nothing is done again. */
function orderObjections(
  id: string,
  { steps, operations }: EngineState,
  old: Chart,
  next: Chart,
): readonly Objection[] {
  const [here, there] = [old.sites.get(id), next.sites.get(id)];
  if (here === undefined || there === undefined) return [];
  const asked = new Set(operations.map(({ at }) => nodeId(at)));
  return [...next.sites.values()].flatMap((site): readonly Objection[] => {
    const [block] = blockOf(site);
    if (block === undefined || !isLeaf(site) || blockOf(there)[0] === block) return [];
    const ran = Object.hasOwn(steps, block) || asked.has(site.node.id);
    const known = old.sites.get(site.node.id);
    const version = versionOf(next);
    switch (order(site, there)) {
      case 'before':
        if (ran || (known !== undefined && order(known, here) !== 'behind')) return [];
        return known === undefined
          ? [
              {
                verdict: 'mapping',
                reason: `"${block}" is new in version ${version}, before where it stands`,
              },
            ]
          : [
              {
                verdict: 'drain',
                reason: `"${block}" was moved in front of where it stands, and would never run`,
              },
            ];
      case 'behind':
        return ran && asked.has(site.node.id) && known !== undefined && order(known, here) === 'before'
          ? [{ verdict: 'drain', reason: `"${block}" was moved behind where it stands, and would run again` }]
          : [];
      case 'beside':
        return [];
    }
  });
}

function inputObjections({ input }: EngineState, to: Program): readonly Objection[] {
  const [first] = to.inputProblems(input);
  return first === undefined
    ? []
    : [{ verdict: 'mapping', reason: `its input does not fit version ${to.version}: ${first}` }];
}

/** Which of two sites the flow comes to first. */
function order(one: Site, other: Site): 'before' | 'behind' | 'beside' {
  const [left, right] = [pathOf(one), pathOf(other)];
  const depth = left.findIndex((site, index) => site.node.id !== right[index]?.node.id);
  const above = depth > 0 ? left[depth - 1] : undefined;
  if (above === undefined || right[depth] === undefined || above.node.kind !== 'seq') return 'beside';
  return Number(left[depth]!.slot) < Number(right[depth].slot) ? 'before' : 'behind';
}

function pathOf(site: Site): readonly Site[] {
  const path: Site[] = [];
  for (let at: Site | undefined = site; at !== undefined; at = at.parent) path.unshift(at);
  return path;
}

/** Something that really happens, rather than what is around it. Values can be made later just as well. */
function isLeaf({ node }: Site): boolean {
  return node.kind === 'ask' || node.kind === 'tell';
}

function meaningOf({ node }: Site): string {
  if (node.kind !== 'ask') return node.kind;
  return node.channel === 'command'
    ? `the command ${node.call}`
    : `a wait for ${node.channel === 'time' ? 'time' : `${'aeiou'.includes(node.channel[0]!) ? 'an' : 'a'} ${node.channel}`}`;
}

function isPivot(site: Site | undefined): boolean {
  return site?.node.kind === 'ask' && site.node.channel === 'command' && site.node.pivot;
}

function undoText(site: Site | undefined): string | undefined {
  const node = site?.node;
  const undo = node !== undefined && 'undo' in node ? node.undo : undefined;
  if (undo === undefined) return undefined;
  return 'call' in undo ? undo.call : 'blocks of its own';
}

function blockOf(site: Site | undefined): readonly string[] {
  const block = site !== undefined && 'block' in site.node ? site.node.block : undefined;
  return block === undefined ? [] : [block];
}

/** The node of a place, whatever the iteration. */
function nodeId(place: string): string {
  const at = place.lastIndexOf('@');
  return at < 0 ? place : place.slice(0, at);
}

function versionOf({ program }: Chart): number {
  return program.version;
}
