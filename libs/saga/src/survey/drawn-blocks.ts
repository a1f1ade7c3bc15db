import { at, entriesOf, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { FlowNode } from './flow-graph.js';
import { behind, branching, closed, last, single, type Piece } from './piece.js';
import { writtenAt, type Scene, type Site } from './scene.js';

/** How blocks are drawn that are more than one node. */
export const DRAWN: Readonly<Record<string, (site: Site) => Piece>> = {
  group: (site) => holding(site, at(site.cursor, 'do')),
  forEach: (site) => holding(site, at(site.cursor, 'do'), `each of ${textAt(site.cursor, 'in')}`),
  repeat: drawRepeat,
  include: drawInclude,
  choice: drawChoice,
  parallel: drawParallel,
  task: drawTask,
  wait: drawWait,
  decide: drawDecide,
  raise: ({ node }) => last(node),
  end: ({ node }) => last(node),
};

/** A table that weighs decides nothing. */
function drawDecide({ cursor, node, scene }: Site): Piece {
  const table = scene.land.table(cursor);
  if (table !== undefined && textAt(table, 'hit') === 'weigh') return single(node);
  return single({ ...node, decides: `table ${textAt(cursor, 'table')}` });
}

function holding({ node, scene }: Site, list: Cursor | undefined, about?: string): Piece {
  const inside = closed(node.id, scene.drawList(list, node.id, scene));
  return single({ ...node, ...(about !== undefined && { label: `${node.label}: ${about}` }), inside });
}

function drawRepeat(site: Site): Piece {
  const until = textAt(site.cursor, 'until')!;
  const decided = { ...site, node: { ...site.node, decides: `until ${until}` } };
  return holding(decided, at(site.cursor, 'do'), `until ${until}`);
}

function drawInclude(site: Site): Piece {
  const { land } = site.scene;
  const fragment = land.fragment(site.cursor, textAt(site.cursor, 'include')!);
  return holding(site, fragment && at(fragment, 'steps'), `fragment ${textAt(site.cursor, 'fragment')}`);
}

function drawChoice({ cursor, node, scene }: Site): Piece {
  const cases = itemsOf(at(cursor, 'cases'));
  const names = cases.map((each) => textAt(each, 'case')!);
  const decides = cases.map((each) => `${textAt(each, 'case')} if ${String(at(each, 'if')?.value)}`);
  return branching({ ...node, decides: decides.join('; ') }, [
    ...cases.map((each, index) => {
      const name = names[index]!;
      return [name, scene.drawList(at(each, 'do'), `${node.id}.${name}`, scene)] as const;
    }),
    ['else', scene.drawList(at(cursor, 'else'), `${node.id}.else`, scene)],
  ]);
}

function drawParallel({ cursor, node, scene }: Site): Piece {
  const join = String(at(cursor, 'join')?.value ?? 'all');
  const joins: FlowNode = {
    id: `${node.id}:join`,
    kind: 'join',
    label: `join ${join}`,
    contacts: [],
    ...writtenAt(cursor, scene),
  };
  const legs = entriesOf(at(cursor, 'branches')).map(
    ([name, list]) => [name, scene.drawList(list, `${node.id}.${name}`, scene)] as const,
  );
  const open = branching({ ...node, kind: 'fork' }, legs);
  const end = behind(open.exits, single(joins));
  return {
    ...open,
    nodes: [...open.nodes, ...end.nodes],
    edges: [...open.edges, ...end.edges],
    exits: end.exits,
  };
}

/** Answers with blocks of their own lead to different places. */
function drawTask({ cursor, node, scene }: Site): Piece {
  const answers = entriesOf(at(cursor, 'answers'));
  const decided = answers.length > 1 ? { decides: answers.map(([name]) => name).join(', ') } : {};
  const task: FlowNode = { ...node, ...decided };
  const ways = answers.map(([name, written]) => {
    const list = at(longForm(written, 'do'), 'do');
    return [name, scene.drawList(list, `${node.id}.${name}`, scene)] as const;
  });
  return ways.some(([, piece]) => piece.entry !== undefined) ? branching(task, ways) : single(task);
}

/** Whichever of several events comes first; or none of them. */
function drawWait({ cursor, node, scene }: Site): Piece {
  const cases = itemsOf(at(cursor, 'first'));
  const fallback = at(cursor, 'default');
  if (cases.length === 0 && fallback === undefined) return single(node);
  const event = textAt(cursor, 'event');
  const ways = [
    ...(event === undefined ? [] : [[event, scene.drawList(undefined, node.id, scene)] as const]),
    ...cases.map((each) => [nameOf(each, cases), caseOf(each, node.id, scene)] as const),
    ...(fallback === undefined
      ? []
      : [['nothing came', scene.drawList(at(fallback, 'do'), `${node.id}.default`, scene)] as const]),
  ];
  const decides = ways.map(([name]) => name).join(', ');
  return branching({ ...node, decides }, ways);
}

/** Its event; where several cases wait for the same one, with its name. */
function nameOf(each: Cursor, cases: readonly Cursor[]): string {
  const event = textAt(each, 'event')!;
  const isTwice = cases.some((other) => other !== each && textAt(other, 'event') === event);
  return isTwice ? `${event} (${textAt(each, 'case')})` : event;
}

function caseOf(each: Cursor, id: string, scene: Scene): Piece {
  return scene.drawList(at(each, 'do'), `${id}.${textAt(each, 'case')}`, scene);
}
