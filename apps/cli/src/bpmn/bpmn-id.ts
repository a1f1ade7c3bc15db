/** A name as BPMN allows it in ids: letters, digits, `_`, `-` and `.`, and no two names alike. */
export function bpmnId(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9.-]/g, (sign) => `_${sign.codePointAt(0)!.toString(16)}_`);
}

/** The id of the element of a node. */
export function nodeId(node: string): string {
  return `Node_${bpmnId(node)}`;
}
