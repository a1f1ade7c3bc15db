import { didYouMean, type Problem } from '#libs/saga';
import { xmlProblem } from '../xml-problem.js';
import type { ReadBpmn } from './bpmn-packages.js';
import type { DrawnProblem } from './drawn-graph.js';

/** What says again what ways say, or where something is drawn. */
const NOT_READ = new Set(['incoming', 'outgoing', 'flowNodeRef', 'bpmnElement']);

/** Problems of elements with the place where each element begins, from top to bottom. */
export function placed(problems: readonly DrawnProblem[], file: string, xml: string): readonly Problem[] {
  return problems
    .map(({ id, message }): Problem => {
      const place = placeOf(id, xml);
      return { severity: 'error', file, ...place, path: id, message: `element "${id}": ${message}` };
    })
    .toSorted((one, other) => one.line! - other.line!);
}

/** What the reader of the model could make nothing of. Where it skipped elements, only them: the rest follows from that. */
export function misread({ warnings, elementsById }: ReadBpmn, file: string, xml: string): readonly Problem[] {
  const skipped = warnings.filter(({ element }) => element === undefined);
  if (skipped.length > 0) return skipped.map(({ message }) => xmlProblem(message, file, xml));
  const ids = Object.keys(elementsById).filter((id) => elementsById[id]!.$type.startsWith('bpmn:'));
  const about = warnings.flatMap(({ message, element, property = '', value = '' }): DrawnProblem[] => {
    const key = property.replace(/^\w+:/, '');
    if (NOT_READ.has(key)) return [];
    if (!message.startsWith('unresolved')) return [{ id: element?.id ?? '', message }];
    const meant = didYouMean(value, ids);
    return [{ id: element?.id ?? '', message: `its ${key} "${value}" is nowhere in this model.${meant}` }];
  });
  return placed(about, file, xml);
}

/** The tag of an element; for one without a name, the first line. */
function placeOf(id: string, xml: string): { line: number; column: number } {
  const at = ['"', "'"].map((quote) => xml.indexOf(` id=${quote}${id}${quote}`)).find((found) => found >= 0);
  const before = xml.slice(0, xml.lastIndexOf('<', at ?? 0)).split('\n');
  return at === undefined
    ? { line: 1, column: 1 }
    : { line: before.length, column: before.at(-1)!.length + 1 };
}
