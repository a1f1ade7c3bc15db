import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';

/** A flowchart as Mermaid understands it. Whatever an edge mentions is a node, declared or not. */
export interface Flowchart {
  getVertices(): ReadonlyMap<string, { readonly text?: string }>;
  getSubGraphs(): readonly { readonly id: string }[];
  getEdges(): readonly { readonly start: string; readonly end: string }[];
}

interface Mermaid {
  parse(text: string): Promise<{ readonly diagramType: string }>;
  readonly mermaidAPI: { getDiagramFromText(text: string): Promise<{ readonly db: Flowchart }> };
}

const mermaid = loaded();

/** The kind of a diagram. @throws Error with what Mermaid finds wrong. */
export async function kindOf(text: string): Promise<string> {
  return (await mermaid.parse(text)).diagramType;
}

/** Reads a flowchart. @throws Error with what Mermaid finds wrong. */
export async function flowchartOf(text: string): Promise<Flowchart> {
  // It knows no kind of diagram before it has checked one.
  await mermaid.parse(text);
  return (await mermaid.mermaidAPI.getDiagramFromText(text)).db;
}

/** What will stand in a node. Signs that were written by their numbers are put in when it is drawn. */
export function drawnIn(chart: Flowchart, node: string): string | undefined {
  const text = chart.getVertices().get(node)?.text;
  return text?.replaceAll(/ﬂ°°(\d+)¶ß/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

/** The parsers of Mermaid draw nothing, and are content with a page that has nothing on it. */
function loaded(): Mermaid {
  const document = { nodeType: 9, createElement: () => ({}) };
  const window = { document, Element: class {}, addEventListener: () => undefined };
  const page: { mermaid?: Mermaid } = createContext({ window, structuredClone, console });
  const file = createRequire(import.meta.url).resolve('@mermaid-js/tiny');
  runInContext(readFileSync(file, 'utf8'), page, { filename: file });
  return page.mermaid!;
}
