import { SKALD_PACKAGE } from './skald-package.js';

/** An element of a BPMN model. */
export interface BpmnElement {
  readonly $type: string;
  readonly id?: string;
  readonly name?: string;
  [key: string]: unknown;
}

/** Makes, writes and reads BPMN models. */
export interface BpmnModdle {
  create(type: string, attributes?: Readonly<Record<string, unknown>>): BpmnElement;
  toXML(element: BpmnElement, options?: { readonly format?: boolean }): Promise<{ readonly xml: string }>;
  fromXML(xml: string): Promise<ReadBpmn>;
}

/** A model as it was read. */
export interface ReadBpmn {
  readonly rootElement: BpmnElement;
  readonly elementsById: Readonly<Record<string, BpmnElement>>;
  /** What could not be made sense of: elements that were skipped, or attributes of an element. */
  readonly warnings: readonly {
    readonly message: string;
    readonly element?: BpmnElement;
    readonly property?: string;
    readonly value?: string;
  }[];
}

// Only export and import need them, so no other command waits until they are loaded.
const modelPackage: string = 'bpmn-moddle';
const layoutPackage: string = 'bpmn-auto-layout';

/** The model of BPMN 2.0, with the namespace of this project. */
export async function bpmnModdle(): Promise<BpmnModdle> {
  const { BpmnModdle: Moddle } = (await import(modelPackage)) as {
    readonly BpmnModdle: new (packages: object) => BpmnModdle;
  };
  return new Moddle({ skald: SKALD_PACKAGE });
}

/** The same model with a place for everything, so that viewers can draw it. */
export async function laidOut(xml: string): Promise<string> {
  const { layoutProcess } = (await import(layoutPackage)) as {
    readonly layoutProcess: (xml: string) => Promise<string>;
  };
  return layoutProcess(xml);
}
