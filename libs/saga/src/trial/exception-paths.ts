import type { Contracts } from '../compiler/contracts.js';
import { childrenOf } from '../compiler/node-walk.js';
import { isEngineError } from '../engine-errors.js';
import type { CommandAsk, Handler, Node, RaiseNode } from '../node.js';
import type { Program } from '../program.js';

/**
 * Every exception path of a program by its name, in the order of the text: each entry of a `catch` but a bare
 * `incident`, and each business error that may be raised and that nobody catches. What stands in a fragment is the
 * fragment's own.
 */
export function exceptionPaths(program: Program, contracts: Contracts): readonly string[] {
  return [...new Set(pathsIn(program.root, [], contracts))].filter((path) => path.split('.').length === 2);
}

/** `caught` holds the names that the scopes around a node catch. */
function pathsIn(node: Node, caught: readonly string[], contracts: Contracts): readonly string[] {
  if (node.kind === 'scope') {
    const inside = pathsIn(node.child, [...caught, ...Object.keys(node.handlers)], contracts);
    const handlers = Object.values(node.handlers);
    const own = handlers.filter((handler) => !isBareIncident(handler)).map(({ path }) => path);
    // A handler stands outside of what it handles: what is raised in it goes on outwards.
    const handling = handlers.flatMap(({ child }) =>
      child === undefined ? [] : pathsIn(child, caught, contracts),
    );
    return [...inside, ...own, ...handling];
  }
  const isCaught = (error: string) => caught.includes(error) || caught.includes('rejected');
  const own = errorsOf(node, contracts).filter(({ error }) => !isCaught(error));
  return [
    ...own.map(({ block, error }) => `${block}.${error}`),
    ...childrenOf(node).flatMap((child) => pathsIn(child, caught, contracts)),
  ];
}

interface Raising {
  readonly block: string;
  readonly error: string;
}

function errorsOf(node: Node, contracts: Contracts): readonly Raising[] {
  if (node.kind === 'raise') return raisedBy(node);
  return node.kind === 'ask' && node.channel === 'command' ? refusalsOf(node, contracts) : [];
}

/** Where what a block requires does not hold, the engine raises an error of its own. */
function raisedBy({ block, signal }: RaiseNode): readonly Raising[] {
  return signal.kind === 'error' && !isEngineError(signal.error) ? [{ block, error: signal.error }] : [];
}

function refusalsOf({ block, call }: CommandAsk, { commands }: Contracts): readonly Raising[] {
  return (commands.get(call)?.rejects ?? []).map((error) => ({ block, error }));
}

function isBareIncident({ then, child }: Handler): boolean {
  return then === 'incident' && child === undefined;
}
