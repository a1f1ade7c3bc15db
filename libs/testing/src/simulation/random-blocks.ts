import type { JsonObject } from '#libs/saga';
import type { Drawing } from './drawing.js';
import { around, nothing, together, type Drawn, type Spot } from './drawn.js';
import { pairText, type Nest } from './nest.js';
import { boundary } from './random-boundary.js';
import { decide, emit, end, lock, pause, raise, set, signal, step } from './random-leaves.js';

/** Draws one block; where there is a nest, that stands right inside. */
type Draw = (drawing: Drawing, spot: Spot, nest?: Nest) => Drawn;

const deepest = 4;
const nests: readonly Draw[] = [
  drawParallel,
  drawChoice,
  drawGroup,
  drawGroup,
  drawForEach,
  drawRepeat,
  drawInclude,
  drawFirst,
];
const leaves: readonly Draw[] = [
  step,
  step,
  step,
  step,
  set,
  decide,
  pause,
  lock,
  drawChild,
  end,
  signal,
  drawTask,
  emit,
  raise,
];

/** Every kind of block, by its head. */
const kinds: Readonly<Record<string, Draw>> = {
  step,
  task: drawTask,
  wait: (drawing, spot) => drawing.chance.pick([pause, signal, drawFirst])(drawing, spot),
  parallel: drawParallel,
  forEach: drawForEach,
  choice: drawChoice,
  repeat: drawRepeat,
  group: drawGroup,
  decide,
  set,
  emit,
  lock,
  saga: drawChild,
  include: drawInclude,
  raise,
  end,
};

/** What holds a nest: most kinds that hold blocks as they are, and groups with the keys that any block may have. */
const holders: Readonly<Record<string, Draw>> = {
  ...kinds,
  wait: drawFirst,
  catch: drawCaught,
  listen: drawListening,
  compensate: drawUndone,
};

/** Draws one to `most` blocks. */
export function drawList(drawing: Drawing, spot: Spot, most: number, nest?: Nest): Drawn {
  if (nest !== undefined) return together(nest.inner.map((head) => drawInside(drawing, spot, nest, head)));
  const count = 1 + drawing.chance.below(most);
  return together(Array.from({ length: count }, () => drawBlock(drawing, spot)));
}

/** Draws what holds a nest. */
export function drawHolder(drawing: Drawing, spot: Spot, nest: Nest): Drawn {
  return known(holders, nest.outer)(drawing, { ...spot, depth: deepest }, nest);
}

/** One block of a nest. Its condition is what tells that the flow has come to it. */
function drawInside(drawing: Drawing, spot: Spot, { outer }: Nest, head: string): Drawn {
  const drawn = known(kinds, head)(drawing, spot);
  const [block] = drawn.blocks;
  drawing.nested.set(String(block![head]), pairText(outer, head));
  const condition = head === 'raise' || head === 'end' ? '% 2 == 0' : '>= 0';
  return { ...drawn, blocks: [{ ...block, if: `${spot.root}.count ${condition}` }] };
}

function known(draws: Readonly<Record<string, Draw>>, word: string): Draw {
  const draw = draws[word];
  if (draw === undefined)
    throw new Error(`random definitions have no \`${word}\`: draw it in random-blocks.ts`);
  return draw;
}

function drawBlock(drawing: Drawing, spot: Spot): Drawn {
  const { chance } = drawing;
  const isLeaf = spot.depth >= deepest || chance.happens(0.2 + spot.depth * 0.12);
  if (isLeaf) return chance.pick(leaves)(drawing, spot);
  return chance.pick(nests)(drawing, { ...spot, depth: spot.depth + 1 });
}

function drawChoice(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const [one, other] = [drawList(drawing, spot, 2, nest), drawList(drawing, spot, 2)];
  const cases = [{ case: 'even', if: `${spot.root}.count % 2 == 0`, do: one.blocks }];
  return around({ choice: drawing.name('choice'), cases, else: other.blocks }, [one, other]);
}

function drawFirst(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const [one, other] = [drawList(drawing, spot, 1), drawList(drawing, spot, 1, nest)];
  const first = [{ case: 'signalled', event: 'sim.signalled', do: one.blocks }];
  return around({ wait: drawing.name('either'), first, default: { after: '10s', do: other.blocks } }, [
    one,
    other,
  ]);
}

function drawTask(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const { chance, name } = drawing;
  const [agree, change] = [
    nest === undefined ? nothing : drawList(drawing, spot, 1, nest),
    chance.happens(0.5) ? drawing.step(spot) : nothing,
  ];
  const silence = chance.happens(0.3) ? { window: '20s', atEnd: 'agree' } : {};
  const block = {
    task: name('ask'),
    to: { role: 'desk' },
    escalate: [{ after: '1m', to: { role: 'chief' } }],
    answers: { agree: agree.blocks, change: change.blocks },
    ...silence,
  };
  return around(block, [agree, change]);
}

function drawGroup(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const before = drawing.kinds.size;
  const inner = drawList(drawing, spot, 2, nest);
  const group = drawing.name('group');
  const isWhole = inner.isUndoable && spot.side === 'before' && drawing.chance.happens(0.3);
  const whole = isWhole ? { compensate: `work.cover-${group}` } : {};
  const drawn = boundary(drawing, spot, { group, do: inner.blocks, ...whole }, inner, 0.7);
  if (isWhole) drawing.cover(group, before);
  return drawn;
}

/** A group that comes to its handler every other time. */
function drawCaught(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const inner = drawList(drawing, spot, 2, nest);
  return failing(drawing, spot, drawing.step(spot), inner);
}

/** A group that is undone every other time, by a list of blocks. */
function drawUndone(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const undo = drawList(drawing, { ...spot, side: 'undoing' }, 2, nest);
  return failing(drawing, spot, drawing.listed(spot.root, undo.blocks), nothing, true);
}

function failing(
  { chance, name }: Drawing,
  { root }: Spot,
  tried: Drawn,
  inner: Drawn,
  undo: boolean = chance.happens(0.6),
): Drawn {
  const error = name('bad-');
  const block = {
    group: name('group'),
    do: [...tried.blocks, { raise: error, if: `${root}.count % 2 == 0` }],
    catch: { [error]: { do: inner.blocks, ...(tried.isUndoable ? { undo } : {}) } },
  };
  return around(block, [tried, inner]);
}

/** A group that is open for long enough to hear something. */
function drawListening(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const inner = drawList(drawing, { ...spot, key: spot.key && `${spot.key}-\${ event.id }` }, 2, nest);
  const block = {
    group: drawing.name('group'),
    do: [{ wait: drawing.name('pause'), for: '50s' }],
    listen: [{ event: 'sim.signalled', do: inner.blocks }],
  };
  return around(block, [inner]);
}

/** Runs another saga, which has no pivot and can therefore be undone with the one that runs it. */
function drawChild(drawing: Drawing, spot: Spot): Drawn {
  if (spot.key === undefined) return drawing.step(spot);
  const block = drawing.name('run');
  if (drawing.children.length === 0) {
    const inner = drawList(drawing, { depth: 2, side: 'before', root: 'input' }, 2);
    drawing.children.push({ steps: inner.blocks });
  }
  const id = `${spot.key}-${block}`;
  const input = { id, count: `\${ ${spot.root}.count }`, items: `\${ ${spot.root}.items }` };
  const run = { saga: block, definition: 'errand', with: input };
  if (spot.side !== 'before') return { ...nothing, blocks: [{ ...run, catch: { failed: { do: [] } } }] };
  return { blocks: [run], raises: new Set(['failed']), isUndoable: true };
}

function drawParallel(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const [left, right] = [drawList(drawing, spot, 2, nest), drawList(drawing, spot, 2)];
  const branches = { left: left.blocks, right: right.blocks };
  return joined(drawing, spot, { parallel: drawing.name('both'), branches }, together([left, right]));
}

function drawForEach(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const inner = drawList(drawing, looped(spot), 2, nest);
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

/** Inside of a loop; of one in another nothing tells all times apart. */
function looped(spot: Spot): Spot {
  const isInside = spot.key === undefined || spot.key.includes('index');
  return { ...spot, key: isInside ? undefined : `${spot.key}-\${ index }` };
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

function drawRepeat(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const inner = drawList(drawing, looped(spot), 2, nest);
  const block = {
    repeat: drawing.name('again'),
    max: 2,
    until: `${spot.root}.count < 15`,
    every: '2s',
    do: inner.blocks,
  };
  return boundary(drawing, spot, block, { ...inner, raises: new Set([...inner.raises, 'failed']) }, 0.5);
}

function drawInclude(drawing: Drawing, spot: Spot, nest?: Nest): Drawn {
  const inner = drawList(drawing, { ...spot, root: 'params', key: spot.key && '${ params.key }' }, 2, nest);
  const fragment = drawing.name('piece');
  drawing.fragments.push({
    fragment,
    version: 1,
    params: { key: 'string', count: 'integer', items: 'array' },
    steps: inner.blocks,
  });
  const given = {
    key: spot.key ?? '',
    count: `\${ ${spot.root}.count }`,
    items: `\${ ${spot.root}.items }`,
  };
  return around({ include: drawing.name('use'), fragment, with: given }, [inner]);
}
