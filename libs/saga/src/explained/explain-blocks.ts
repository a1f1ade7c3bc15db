import { blockOf } from '../blocks/registered-blocks.js';
import { at, entriesOf, isMap, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { Landscape } from '../survey/landscape.js';
import { gateLines } from './explain-gates.js';
import { SENTENCES } from './sentences.js';

/** Reads blocks out, one after the other, with what is inside them indented. */
export function explainBlocks(list: Cursor | undefined, depth: number, land: Landscape): readonly string[] {
  return itemsOf(list).flatMap((block, index) => explainBlock(block, `${index + 1}.`, depth, land));
}

function explainBlock(block: Cursor, number: string, depth: number, land: Landscape): readonly string[] {
  const kind = blockOf(block);
  const name = String(at(block, kind.head)!.value);
  const said = SENTENCES[kind.head]?.(block, land) ?? `${kind.head} ${name}.`;
  const condition = at(block, 'if');
  const only = condition === undefined ? '' : ` Only if ${String(condition.value)}.`;
  const title = textAt(block, 'title');
  const called = title === undefined ? name : `${title} (${name})`;
  const line = kind.isNamed ? `${number} ${called}: ${said}${only}` : `${number} ${said}${only}`;
  return [
    indented(line, depth),
    ...gateLines(block).map((gate) => indented(gate, depth + 1)),
    ...insideOf(block, depth + 1, land),
    ...patienceOf(block, depth + 1, land),
    ...undoOf(block, depth + 1, land),
    ...errorsOf(block, depth + 1, land),
  ];
}

function insideOf(block: Cursor, depth: number, land: Landscape): readonly string[] {
  return [
    ...explainBlocks(at(block, 'do'), depth, land),
    ...entriesOf(at(block, 'branches')).flatMap(([name, list]) => [
      indented(`Beside the others, ${name}:`, depth),
      ...explainBlocks(list, depth + 1, land),
    ]),
    ...[...itemsOf(at(block, 'cases')), ...itemsOf(at(block, 'first'))].flatMap((each) => [
      indented(caseLine(each), depth),
      ...explainBlocks(at(each, 'do'), depth + 1, land),
    ]),
    ...elseLines(at(block, 'else'), depth, land),
    ...entriesOf(at(block, 'answers')).flatMap(([answer, written]) => [
      indented(`The answer may be ${answer}.`, depth),
      ...explainBlocks(at(longForm(written, 'do'), 'do'), depth + 1, land),
    ]),
    ...defaultLines(block, depth, land),
  ];
}

function caseLine(each: Cursor): string {
  const condition = at(each, 'if');
  const event = textAt(each, 'event');
  const when = condition === undefined ? `${event} comes first` : String(condition.value);
  return `In the case ${textAt(each, 'case')}, if ${when}:`;
}

function elseLines(otherwise: Cursor | undefined, depth: number, land: Landscape): readonly string[] {
  if (otherwise === undefined) return [];
  const lines = explainBlocks(otherwise, depth + 1, land);
  return [indented(lines.length === 0 ? 'Otherwise nothing.' : 'Otherwise:', depth), ...lines];
}

function defaultLines(block: Cursor, depth: number, land: Landscape): readonly string[] {
  const fallback = at(block, 'default');
  if (fallback === undefined || !isMap(fallback.value)) return [];
  const [after, events] = [textAt(fallback, 'after'), at(fallback, 'events')];
  const when = [
    ...(after === undefined ? [] : [`after ${after}`]),
    ...(events === undefined ? [] : [`after ${String(events.value)} other events`]),
  ].join(' or ');
  return [
    indented(`If nothing comes, ${when}:`, depth),
    ...explainBlocks(at(fallback, 'do'), depth + 1, land),
  ];
}

/** How long a step waits, where a policy decides that. */
function patienceOf(block: Cursor, depth: number, land: Landscape): readonly string[] {
  if (at(block, 'step') === undefined) return [];
  const { near, named } = land.silenceAfter(block);
  const said = (key: string) => near.find((level) => at(level, key) !== undefined);
  if (named === undefined || (said('after') !== undefined && said('accepted') !== undefined)) return [];
  return [
    indented(`How long it waits for an answer is said by the policy ${named.name}:`, depth),
    ...itemsOf(named.policy).map((entry) => indented(patienceLine(entry), depth + 1)),
  ];
}

function patienceLine(entry: Cursor): string {
  const [during, condition] = [textAt(entry, 'during'), textAt(entry, 'if')];
  const when = [
    ...(during === undefined ? [] : [`during ${during}`]),
    ...(condition === undefined ? [] : [`if ${condition}`]),
  ].join(' and ');
  const accepted = textAt(entry, 'accepted');
  const after = `${textAt(entry, 'after')}${accepted === undefined ? '' : `, ${accepted} once it is accepted`}`;
  return `${when === '' ? 'otherwise' : when}: ${after}, because ${textAt(entry, 'because')}.`;
}

function undoOf(block: Cursor, depth: number, land: Landscape): readonly string[] {
  const compensate = at(block, 'compensate');
  if (compensate === undefined) return [];
  const long = longForm(compensate, 'call');
  const none = textAt(long, 'none');
  if (none !== undefined) return [indented(`It is not undone: ${none}.`, depth)];
  const coolDown = textAt(long, 'coolDown');
  const wait = coolDown === undefined ? '' : `, not before ${coolDown} are over`;
  const list = at(long, 'do');
  return list === undefined
    ? [indented(`If it has to be undone: ${textAt(long, 'call')}${wait}.`, depth)]
    : [indented(`If it has to be undone${wait}:`, depth), ...explainBlocks(list, depth + 1, land)];
}

const THEN: Readonly<Record<string, string>> = {
  continue: 'then it goes on',
  retry: 'then it is tried again',
  compensate: 'then everything is undone',
  incident: 'then a person is called',
};

function errorsOf(block: Cursor, depth: number, land: Landscape): readonly string[] {
  return entriesOf(at(block, 'catch')).flatMap(([error, handler]) => {
    const long = longForm(handler, 'then');
    const undo = at(long, 'undo')?.value === true ? 'what was done in here is undone, ' : '';
    const then = leaves(at(long, 'do')) ? 'then:' : `${THEN[textAt(long, 'then') ?? 'continue']!}.`;
    return [
      indented(`On ${error}: ${undo}${then}`, depth),
      ...explainBlocks(at(long, 'do'), depth + 1, land),
    ];
  });
}

/** Do these blocks go elsewhere in the end, so that nothing comes behind them? */
function leaves(list: Cursor | undefined): boolean {
  const last = itemsOf(list).at(-1);
  if (last === undefined || at(last, 'if') !== undefined) return false;
  return at(last, 'end') !== undefined || at(last, 'raise') !== undefined;
}

function indented(line: string, depth: number): string {
  return '   '.repeat(depth) + line;
}
