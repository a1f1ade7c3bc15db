import type { Problem } from '#libs/saga';

/** What the reader of an XML file says is wrong, with the place that stands among its words. */
export function xmlProblem(said: string, file: string, xml: string): Problem {
  const wrong: Pick<Problem, 'severity' | 'file' | 'path'> = { severity: 'error', file, path: '' };
  const [, model] = /^failed to parse document as <(\w+):/.exec(said) ?? [];
  if (model !== undefined)
    return { ...wrong, line: 1, column: 1, message: `this is no ${model.toUpperCase()} model` };
  const [, line, column, cause] = /line: (\d+)\s+column: (\d+)\s+nested error: (.*)/.exec(said) ?? [];
  const message = cause === undefined ? said : `this is no XML of such a model: ${cause}`;
  return { ...wrong, ...placeOf(Number(line ?? 0), Number(column ?? 0), xml), message };
}

/** From 1. The reader gives a place that is not there to what is missing at the end. */
function placeOf(line: number, column: number, xml: string): { line: number; column: number } {
  const lines = xml.trimEnd().split(/\r?\n/);
  const isThere = column <= (lines[line]?.length ?? -1);
  return isThere
    ? { line: line + 1, column: column + 1 }
    : { line: lines.length, column: lines.at(-1)!.length + 1 };
}
