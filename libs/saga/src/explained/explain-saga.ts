import { at, entriesOf, itemsOf, longForm, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { SourceDocument } from '../document/source-document.js';
import { landscapeOf, type Landscape } from '../survey/landscape.js';
import { explainBlocks } from './explain-blocks.js';
import { gateLines } from './explain-gates.js';
import { listed } from './words.js';

/** Reads a saga out in words, a line for each thing that is said; nested blocks are indented. Around it are its tables. */
export function explainSaga(document: SourceDocument, around: readonly SourceDocument[]): readonly string[] {
  const land = landscapeOf(around);
  const saga = rootOf(document);
  return [
    headline(saga),
    ...described(saga),
    ...keyLine(saga),
    ...timeLine(saga),
    ...targetLine(saga),
    ...itemsOf(at(saga, 'triggers')).flatMap(triggerLines),
    ...entriesOf(at(saga, 'toggles')).map(toggleLine),
    ...gateLines(saga),
    '',
    ...explainBlocks(at(saga, 'steps'), 0, land),
    ...heard(saga),
    ...handled(saga, land),
    ...entriesOf(at(saga, 'outcomes')).map(outcomeLine),
  ];
}

function headline(saga: Cursor): string {
  const title = textAt(saga, 'title');
  const owner = textAt(saga, 'owner');
  const name = `${textAt(saga, 'saga')}, version ${String(at(saga, 'version')?.value)}`;
  return `${name}${title === undefined ? '' : ` (${title})`}${owner === undefined ? '' : `, of ${owner}`}.`;
}

function described(saga: Cursor): readonly string[] {
  const text = textAt(saga, 'description');
  return text === undefined ? [] : [text];
}

function keyLine(saga: Cursor): readonly string[] {
  const key = at(saga, 'key');
  if (key === undefined) return [];
  const long = longForm(key, 'of');
  const again = { never: 'never a second one', afterEnd: 'another one when the last has ended' };
  const meanwhile = {
    ignore: 'a start meanwhile means nothing',
    queue: 'a start meanwhile waits its turn',
    cancelOld: 'a start meanwhile stops the one that runs',
  };
  const reuse = again[(textAt(long, 'reuse') ?? 'never') as keyof typeof again];
  const conflict = meanwhile[(textAt(long, 'conflict') ?? 'ignore') as keyof typeof meanwhile];
  return [`There is one for each ${textAt(long, 'of')}, ${reuse}; ${conflict}.`];
}

function timeLine(saga: Cursor): readonly string[] {
  const timeout = textAt(saga, 'timeout');
  const ends =
    textAt(saga, 'pivot') === 'start'
      ? 'a person is called'
      : 'everything is undone, or behind the point of no return a person is called';
  return timeout === undefined ? [] : [`After ${timeout} ${ends}.`];
}

function targetLine(saga: Cursor): readonly string[] {
  const target = at(saga, 'target');
  if (target === undefined) return [];
  return [`${textAt(target, 'share')} of them should end within ${textAt(target, 'within')}.`];
}

function triggerLines(trigger: Cursor): readonly string[] {
  return [triggerLine(trigger), ...gateLines(trigger).map((gate) => `   ${gate}`)];
}

function triggerLine(trigger: Cursor): string {
  const [head, value] = entriesOf(trigger).find(([key]) => HEADS.has(key)) ?? ['event', trigger];
  const gates = entriesOf(at(trigger, 'gates')).map(([name, gate]) => `${name} (${String(gate.value)})`);
  const only = gates.length === 0 ? '' : `, if ${listed(gates)}`;
  return `${HEADS.get(head)!} ${String(value.value)}${only}.`;
}

const HEADS: ReadonlyMap<string, string> = new Map([
  ['event', 'It starts on the event'],
  ['schedule', 'It starts by the clock, at'],
  ['webhook', 'It starts on a call of the webhook'],
  ['person', 'It may be started by anybody in the role'],
  ['saga', 'It starts when another saga has ended:'],
]);

function toggleLine([name, toggle]: readonly [string, Cursor]): string {
  const state = at(toggle, 'default')?.value === true ? 'on' : 'off';
  return `There is a switch ${name}${textAt(toggle, 'title') === undefined ? '' : ` (${textAt(toggle, 'title')})`}, ${state} unless somebody turns it.`;
}

function heard(saga: Cursor): readonly string[] {
  return itemsOf(at(saga, 'listen')).map(
    (each) =>
      `All the while it listens for ${textAt(each, 'event')}${at(each, 'raise') === undefined ? '' : `, which raises ${textAt(each, 'raise')}`}.`,
  );
}

function handled(saga: Cursor, land: Landscape): readonly string[] {
  return entriesOf(at(saga, 'catch')).flatMap(([error, handler]) => {
    const long = longForm(handler, 'then');
    return [
      `Wherever ${error} is raised and nobody has dealt with it: ${textAt(long, 'then') ?? 'continue'}.`,
      ...explainBlocks(at(long, 'do'), 1, land),
    ];
  });
}

function outcomeLine([status, outcome]: readonly [string, Cursor]): string {
  const event = textAt(outcome, 'emit');
  const verdict = textAt(outcome, 'judge');
  const said = [
    ...(event === undefined ? [] : [`it tells everybody: ${event}`]),
    ...(verdict === undefined ? [] : [`it judges the saga that it is about: ${verdict}`]),
  ];
  return `When it is ${status}, ${listed(said)}.`;
}
