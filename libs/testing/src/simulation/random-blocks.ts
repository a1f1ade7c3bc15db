import type { JsonObject } from '#libs/saga';
import type { Drawing } from './drawing.js';
import { around, nothing, plain, together, type Drawn, type Spot } from './drawn.js';
import { boundary } from './random-boundary.js';

const deepest = 4;
const nests = ['parallel', 'choice', 'group', 'group', 'forEach', 'repeat', 'include', 'first'] as const;
const leaves = [
  'step',
  'step',
  'step',
  'step',
  'set',
  'decide',
  'pause',
  'lock',
  'saga',
  'end',
  'signal',
  'task',
  'emit',
  'raise',
] as const;

/** Draws one to `most` blocks. */
export function drawList(drawing: Drawing, spot: Spot, most: number): Drawn {
  const count = 1 + drawing.chance.below(most);
  return together(Array.from({ length: count }, () => drawBlock(drawing, spot)));
}

function drawBlock(drawing: Drawing, spot: Spot): Drawn {
  const { chance } = drawing;
  const isLeaf = spot.depth >= deepest || chance.happens(0.2 + spot.depth * 0.12);
  return isLeaf ? drawLeaf(drawing, spot) : drawNest(drawing, { ...spot, depth: spot.depth + 1 });
}

function drawLeaf(drawing: Drawing, spot: Spot): Drawn {
  const { chance, name } = drawing;
  const kind = chance.pick(leaves);
  switch (kind) {
    case 'step':
      return drawing.step(spot);
    case 'set':
      return plain({ set: name('set'), value: `\${ ${spot.root}.count + 1 }` });
    case 'decide':
      return plain({ decide: name('rules'), table: 'sizes', with: { count: `\${ ${spot.root}.count }` } });
    case 'lock':
      return drawLock(drawing, spot);
    case 'saga':
      return spot.isOnce ? drawChild(drawing, spot) : drawing.step(spot);
    case 'end':
      return drawEnd(drawing, spot);
    case 'pause':
      return plain({ wait: name('pause'), for: `${1 + chance.below(4)}s` });
    case 'signal':
      return plain({
        wait: name('signal'),
        event: 'sim.signalled',
        early: '1h',
        default: { after: '30s', do: [] },
      });
    case 'emit':
      return plain({ emit: name('told'), event: 'sim.told' });
    case 'task':
      return drawTask(drawing, spot);
    case 'raise':
      return drawRaise(drawing, spot);
  }
}

function drawNest(drawing: Drawing, spot: Spot): Drawn {
  const { chance, name } = drawing;
  const kind = chance.pick(nests);
  switch (kind) {
    case 'parallel':
      return drawParallel(drawing, spot);
    case 'forEach':
      return drawForEach(drawing, spot);
    case 'repeat':
      return drawRepeat(drawing, spot);
    case 'group':
      return drawGroup(drawing, spot);
    case 'choice': {
      const [one, other] = [drawList(drawing, spot, 2), drawList(drawing, spot, 2)];
      const cases = [{ case: 'even', if: `${spot.root}.count % 2 == 0`, do: one.blocks }];
      return around({ choice: name('choice'), cases, else: other.blocks }, [one, other]);
    }
    case 'first': {
      const [one, other] = [drawList(drawing, spot, 1), drawList(drawing, spot, 1)];
      const first = [{ case: 'signalled', event: 'sim.signalled', do: one.blocks }];
      return around({ wait: name('either'), first, default: { after: '10s', do: other.blocks } }, [
        one,
        other,
      ]);
    }
    case 'include':
      return spot.root === 'params' ? drawLeaf(drawing, spot) : drawInclude(drawing, spot);
  }
}

function drawTask({ chance, name, ...rest }: Drawing, spot: Spot): Drawn {
  const inner = chance.happens(0.5) ? rest.step(spot) : nothing;
  const silence = chance.happens(0.3) ? { window: '20s', atEnd: 'agree' } : {};
  const block = {
    task: name('ask'),
    to: { role: 'desk' },
    escalate: [{ after: '1m', to: { role: 'chief' } }],
    answers: { agree: [], change: inner.blocks },
    ...silence,
  };
  return around(block, [inner]);
}

function drawRaise({ chance, name }: Drawing, { root, side }: Spot): Drawn {
  const cases = [
    { case: 'bad', if: `${root}.count % 5 == ${chance.below(15)}`, do: [{ raise: 'sold-out' }] },
  ];
  const block = { choice: name('choice'), cases, else: [] };
  if (side === 'before') return { ...plain(block), raises: new Set(['sold-out']) };
  return plain({ ...block, catch: { 'sold-out': { do: [] } } });
}

function drawGroup(drawing: Drawing, spot: Spot): Drawn {
  const before = drawing.kinds.size;
  const inner = drawList(drawing, spot, 2);
  const group = drawing.name('group');
  const isWhole = inner.isUndoable && spot.side === 'before' && drawing.chance.happens(0.3);
  const whole = isWhole ? { compensate: `work.cover-${group}` } : {};
  const drawn = boundary(drawing, spot, { group, do: inner.blocks, ...whole }, inner, 0.7);
  if (isWhole) drawing.cover(group, before);
  return drawn;
}

function drawEnd({ chance, name }: Drawing, { root }: Spot): Drawn {
  const cases = [{ case: 'enough', if: `${root}.count == ${chance.below(20)}`, do: [{ end: 'enough' }] }];
  return plain({ choice: name('choice'), cases, else: [] });
}

function drawLock({ chance, name }: Drawing, { root, side }: Spot): Drawn {
  const block = {
    lock: name('slot'),
    resource: `slot/\${ ${root}.count % 2 }`,
    lease: chance.pick(['20s', '5m']),
    conflict: chance.pick(['wait', 'refuse', 'takeOver']),
  };
  if (side === 'before') return { ...plain(block), raises: new Set(['locked']) };
  return plain({ ...block, catch: { locked: { do: [] } } });
}

/** Runs another saga, which has no pivot and can therefore be undone with the one that runs it. */
function drawChild(drawing: Drawing, spot: Spot): Drawn {
  const block = drawing.name('run');
  if (drawing.children.length === 0) {
    const inner = drawList(drawing, { depth: 2, side: 'before', root: 'input', isOnce: false }, 2);
    drawing.children.push({ steps: inner.blocks });
  }
  const input = { id: `\${ saga.key }-${block}`, count: '${ input.count }', items: '${ input.items }' };
  const run = { saga: block, definition: 'errand', with: input };
  if (spot.side === 'behind') return plain({ ...run, catch: { failed: { do: [] } } });
  return { blocks: [run], raises: new Set(['failed']), isUndoable: true };
}

function drawParallel(drawing: Drawing, spot: Spot): Drawn {
  const [left, right] = [drawList(drawing, spot, 2), drawList(drawing, spot, 2)];
  const branches = { left: left.blocks, right: right.blocks };
  return joined(drawing, spot, { parallel: drawing.name('both'), branches }, together([left, right]));
}

function drawForEach(drawing: Drawing, spot: Spot): Drawn {
  const inner = drawList(drawing, { ...spot, isOnce: false }, 2);
  const as = drawing.name('item');
  const some = drawing.chance.happens(0.3) ? { concurrency: 1 + drawing.chance.below(2) } : {};
  const block = {
    forEach: drawing.name('each'),
    in: `${spot.root}.items`,
    as,
    key: `${as}.id`,
    do: inner.blocks,
    ...some,
  };
  return joined(drawing, spot, block, inner);
}

function joined(drawing: Drawing, spot: Spot, block: JsonObject, inner: Drawn): Drawn {
  const { chance } = drawing;
  const join = chance.pick([
    {},
    {},
    { failFast: true },
    { tolerate: 1 },
    { tolerate: '50%', failFast: true },
    { join: 'any' },
    { join: 'any', rest: 'finish' },
  ]);
  const raises = inner.raises.size === 0 ? inner.raises : new Set([...inner.raises, 'incomplete']);
  return boundary(drawing, spot, { ...block, ...join }, { ...inner, raises }, 0.3);
}

function drawRepeat(drawing: Drawing, spot: Spot): Drawn {
  const inner = drawList(drawing, { ...spot, isOnce: false }, 2);
  const block = {
    repeat: drawing.name('again'),
    max: 2,
    until: `${spot.root}.count < 15`,
    every: '2s',
    do: inner.blocks,
  };
  return boundary(drawing, spot, block, { ...inner, raises: new Set([...inner.raises, 'failed']) }, 0.5);
}

function drawInclude(drawing: Drawing, spot: Spot): Drawn {
  const inner = drawList(drawing, { ...spot, root: 'params', isOnce: false }, 2);
  const fragment = drawing.name('piece');
  drawing.fragments.push({
    fragment,
    version: 1,
    params: { count: 'integer', items: 'array' },
    steps: inner.blocks,
  });
  const params = { count: '${ input.count }', items: '${ input.items }' };
  return around({ include: drawing.name('use'), fragment, with: params }, [inner]);
}
