import type { BpmnElement, BpmnModdle } from './bpmn-packages.js';
import { diagramsOf, type Bounds, type Drawn, type Point } from './diagrams.js';
import type { UndoElements } from './undo-elements.js';

/** Room above a row of blocks for what undoes them, as high as a row. */
const BAND = 140;
const TASK = { width: 100, height: 80 } as const;
const NOTE = { width: 110, height: 80 } as const;
const EVENT = 36;

/**
 * Draws what undoes a block right above it, with the line between: each row of a laid-out process in which something is
 * undone gets a band above it, and moves down with all that is below.
 */
export function drawUndos(root: BpmnElement, undos: readonly UndoElements[], moddle: BpmnModdle): void {
  for (const { plane } of diagramsOf(root)) {
    const places = new Map(plane.planeElement.map(({ bpmnElement, bounds }) => [bpmnElement, bounds]));
    const here = undos.flatMap((undo) => {
      const at = places.get(undo.block);
      return at === undefined ? [] : [{ undo, at }];
    });
    const rows = [...new Set(here.map(({ at }) => at.y))];
    for (const drawn of plane.planeElement) moveDown(drawn, rows);
    const drawings = here.flatMap(({ undo, at }) => drawingOf(undo, at, moddle));
    plane.planeElement = [...plane.planeElement, ...drawings];
  }
}

function moveDown({ bounds, label, waypoint }: Drawn, rows: readonly number[]): void {
  for (const place of [bounds, label?.bounds, ...(waypoint ?? [])])
    // What hangs on a row from above, such as a way that leads into it, belongs to the row.
    if (place !== undefined) place.y += BAND * rows.filter((top) => top - TASK.height / 4 <= place.y).length;
}

function drawingOf(
  { block, from, by, line }: UndoElements,
  at: Bounds,
  moddle: BpmnModdle,
): readonly Drawn[] {
  const middle = at.x + at.width / 2;
  const size = from === block ? NOTE : TASK;
  const above = { ...size, x: middle - size.width / 2, y: at.y - BAND };
  const isEvent = from !== block;
  const start = { x: middle, y: isEvent ? at.y - EVENT / 2 : at.y };
  const end = { x: middle, y: above.y + above.height };
  const event = { x: middle - EVENT / 2, y: at.y - EVENT / 2, width: EVENT, height: EVENT };
  return [
    ...(isEvent ? [shape(from, event, moddle)] : []),
    shape(by, above, moddle),
    edge(line, [start, end], moddle),
  ];
}

function shape(bpmnElement: BpmnElement, bounds: Bounds, moddle: BpmnModdle): Drawn {
  return moddle.create('bpmndi:BPMNShape', {
    id: `${bpmnElement.id}_di`,
    bpmnElement,
    bounds: moddle.create('dc:Bounds', { ...bounds }),
  }) as unknown as Drawn;
}

function edge(bpmnElement: BpmnElement, points: readonly Point[], moddle: BpmnModdle): Drawn {
  return moddle.create('bpmndi:BPMNEdge', {
    id: `${bpmnElement.id}_di`,
    bpmnElement,
    waypoint: points.map((point) => moddle.create('dc:Point', { ...point })),
  }) as unknown as Drawn;
}
