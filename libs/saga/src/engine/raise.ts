import type { RaiseNode } from '../node.js';
import { leaf, type NodeKind } from './node-kind.js';
import { failureOf, raise as raiseSignal, raiseError } from './raising.js';
import { evaluate, failureAt } from './values.js';

/** A signal outwards. */
export const raise: NodeKind<RaiseNode> = leaf((moment, place) => {
  const { signal } = place.site.node;
  switch (signal.kind) {
    case 'error': {
      const message =
        signal.message === undefined
          ? ({ ok: true, value: signal.error } as const)
          : evaluate(moment, place, signal.message);
      return message.ok
        ? raiseError(moment, place, signal.error, message.value)
        : raiseError(moment, place, message.error, message.message);
    }
    case 'end':
      return raiseSignal(moment, place, { signal: 'end', result: signal.result });
    case 'undo-all': {
      const failure =
        failureAt(moment, place) ??
        failureOf(moment, place, 'undone', 'the definition asks to undo everything');
      return raiseSignal(moment, place, { signal: 'undo-all', failure });
    }
  }
});
