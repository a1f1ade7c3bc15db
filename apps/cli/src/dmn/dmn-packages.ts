/** A node of a parsed FEEL expression. */
export interface FeelNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly firstChild: FeelNode | null;
  readonly nextSibling: FeelNode | null;
}

interface FeelParser {
  configure(options: { readonly top: string }): {
    parse(text: string): { readonly topNode: FeelNode };
  };
}

/** A part of a DMN model, as far as tables are concerned. */
export interface DmnElement {
  readonly $type: string;
  readonly id?: string;
  readonly name?: string;
  readonly label?: string;
  readonly description?: string;
  readonly text?: string;
  readonly typeRef?: string;
  readonly hitPolicy?: string;
  readonly aggregation?: string;
  readonly drgElement?: readonly DmnElement[];
  readonly decisionLogic?: DmnElement;
  readonly input?: readonly DmnElement[];
  readonly inputExpression?: DmnElement;
  readonly inputValues?: DmnElement;
  readonly output?: readonly DmnElement[];
  readonly defaultOutputEntry?: DmnElement;
  readonly rule?: readonly DmnElement[];
  readonly inputEntry?: readonly DmnElement[];
  readonly outputEntry?: readonly DmnElement[];
  readonly annotationEntry?: readonly DmnElement[];
}

interface DmnModel {
  readonly rootElement: DmnElement;
  readonly warnings: readonly { readonly message: string }[];
}

interface DmnPackage {
  readonly DmnModdle: new () => { fromXML(xml: string): Promise<DmnModel> };
}

// Only an import needs them, so no other command waits until they are loaded.
const modelPackage: string = 'dmn-moddle';
const expressionPackage: string = 'lezer-feel';

/** Reads the XML of a DMN model (1.1 to 1.5). @throws Error with what is wrong with the XML. */
export async function readDmn(xml: string): Promise<DmnModel> {
  const { DmnModdle } = (await import(modelPackage)) as DmnPackage;
  return new DmnModdle().fromXML(xml);
}

/** Parses FEEL, the expressions of DMN: an expression, or the tests in a cell of a table. */
export async function feelParser(): Promise<(text: string, top: 'Expression' | 'UnaryTests') => FeelNode> {
  const { parser } = (await import(expressionPackage)) as { readonly parser: FeelParser };
  const parsers = {
    Expression: parser.configure({ top: 'Expression' }),
    UnaryTests: parser.configure({ top: 'UnaryTests' }),
  };
  return (text, top) => parsers[top].parse(text).topNode;
}
