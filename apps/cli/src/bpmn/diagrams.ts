import type { BpmnElement, BpmnModdle } from './bpmn-packages.js';

/** A box of a diagram, in points from its upper left corner. */
export interface Bounds {
  x: number;
  y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a line begins, bends or ends. */
export interface Point {
  readonly x: number;
  y: number;
}

/** An element in its place: a shape has bounds, a line has points. */
export interface Drawn {
  readonly bpmnElement: BpmnElement;
  readonly bounds?: Bounds;
  readonly label?: { readonly bounds?: Bounds };
  readonly waypoint?: readonly Point[];
}

/** A sheet: of a process, or of one sub-process of it. */
export interface Diagram {
  readonly plane: { readonly bpmnElement: BpmnElement; planeElement: readonly Drawn[] };
}

/** The sheets of a model. */
export function diagramsOf(root: BpmnElement): readonly Diagram[] {
  return (root['diagrams'] ?? []) as readonly Diagram[];
}

/**
 * Gives what lies inside of a sub-process a sheet of its own. The layout puts every sub-process at the origin of the one
 * sheet, where it would lie on what is around it.
 */
export function splitDiagrams(root: BpmnElement, moddle: BpmnModdle): void {
  root['diagrams'] = diagramsOf(root).flatMap((diagram) => {
    const { plane } = diagram;
    const containers = [...new Set(plane.planeElement.map(containerOf))];
    const inside = (container: BpmnElement) =>
      plane.planeElement.filter((drawn) => containerOf(drawn) === container);
    const sheets = containers
      .filter((container) => container !== plane.bpmnElement)
      .map((container) => sheet(container, inside(container), moddle));
    plane.planeElement = inside(plane.bpmnElement);
    return [diagram, ...sheets];
  });
}

function containerOf({ bpmnElement }: Drawn): BpmnElement {
  return bpmnElement['$parent'] as BpmnElement;
}

function sheet(bpmnElement: BpmnElement, planeElement: readonly Drawn[], moddle: BpmnModdle): Diagram {
  const plane = moddle.create('bpmndi:BPMNPlane', {
    id: `Plane_${bpmnElement.id}`,
    bpmnElement,
    planeElement,
  });
  return moddle.create('bpmndi:BPMNDiagram', {
    id: `Diagram_${bpmnElement.id}`,
    plane,
  }) as unknown as Diagram;
}
