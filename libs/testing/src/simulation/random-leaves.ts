import type { JsonObject } from '#libs/saga';
import type { Drawing } from './drawing.js';
import { plain, type Drawn, type Spot } from './drawn.js';

/** Draws one block. */
export type DrawLeaf = (drawing: Drawing, spot: Spot) => Drawn;

export const step: DrawLeaf = (drawing, spot) => drawing.step(spot);

export const set: DrawLeaf = ({ name }, { root }) =>
  plain({ set: name('set'), value: `\${ ${root}.count + 1 }` });

export const decide: DrawLeaf = ({ name }, { root }) =>
  plain({ decide: name('rules'), table: 'sizes', with: { count: `\${ ${root}.count }` } });

export const pause: DrawLeaf = ({ chance, name }) =>
  plain({ wait: name('pause'), for: `${1 + chance.below(4)}s` });

export const signal: DrawLeaf = ({ name }) =>
  plain({ wait: name('signal'), event: 'sim.signalled', early: '1h', default: { after: '30s', do: [] } });

export const emit: DrawLeaf = ({ name }) => plain({ emit: name('told'), event: 'sim.told' });

export const end: DrawLeaf = ({ chance, name }, { root }) =>
  plain({ end: name('enough-'), if: `${root}.count == ${chance.below(20)}` });

export const raise: DrawLeaf = ({ chance, name }, { root, side }) => {
  const error = name('bad-');
  return thrown({ raise: error, if: `${root}.count % 5 == ${chance.below(15)}` }, error, side);
};

export const lock: DrawLeaf = ({ chance, name }, { root, side }) => {
  const block = {
    lock: name('slot'),
    resource: `slot/\${ ${root}.count % 2 }`,
    lease: chance.pick(['20s', '5m']),
    conflict: chance.pick(['wait', 'refuse', 'takeOver']),
  };
  return thrown(block, 'locked', side);
};

/** A block out of which an error comes, which is caught at once where nothing can be undone. */
function thrown(block: JsonObject, error: string, side: Spot['side']): Drawn {
  if (side === 'before') return { ...plain(block), raises: new Set([error]) };
  return plain({ ...block, catch: { [error]: { do: [] } } });
}
