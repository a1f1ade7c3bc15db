import type { BpmnElement, BpmnModdle } from './bpmn-packages.js';

/** What a model says in the namespace of this project, beside what BPMN has words for. */
export interface SkaldExtension {
  readonly $type: 'skald:Saga' | 'skald:Block' | 'skald:Part' | 'skald:Way';
  /** A saga or a block as YAML; the lists of blocks that are drawn are empty in it. */
  readonly text?: string;
  /** Where whatever comes behind a block begins; it matters where only one of its ways leads there. */
  readonly next?: string;
  /** Where the branches of a `parallel` come together. */
  readonly join?: string;
  /** Which part of a block an element is that is no block by itself. */
  readonly of?: string;
  /** The case, answer, event or branch that a way belongs to. */
  readonly name?: string;
}

/** The attributes of an element that says this. */
export function extended(
  { $type, ...said }: SkaldExtension,
  moddle: BpmnModdle,
): Readonly<Record<string, unknown>> {
  const value = moddle.create($type, said);
  return { extensionElements: moddle.create('bpmn:ExtensionElements', { values: [value] }) };
}

/** What an element says in this namespace. */
export function extensionOf(element: BpmnElement): SkaldExtension | undefined {
  const values = (element['extensionElements'] as { readonly values?: readonly SkaldExtension[] } | undefined)
    ?.values;
  return values?.find(({ $type }) => $type.startsWith('skald:'));
}
