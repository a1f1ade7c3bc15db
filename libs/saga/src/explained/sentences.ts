import { at, entriesOf, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { Landscape } from '../survey/landscape.js';
import { listed } from './words.js';

/** What a block of each kind does, in one sentence. */
export const SENTENCES: Readonly<Record<string, (block: Cursor, land: Landscape) => string>> = {
  step: (block) => {
    const pivot = at(block, 'pivot')?.value === true ? ' From here it only goes forward.' : '';
    return `asks ${asked(textAt(block, 'call')!)}.${pivot}`;
  },
  task: (block) => `${peopleOf(at(block, 'to'))} is asked${waitText(block)}.`,
  wait: (block) => waitSentence(block),
  parallel: (block) => `${joinText(block)} of these run beside each other: ${listed(namesOf(block))}.`,
  forEach: (block) =>
    `for each ${textAt(block, 'as') ?? 'item'} of ${textAt(block, 'in')}, beside each other:`,
  choice: () => 'goes one of several ways.',
  repeat: (block) =>
    `again and again until ${textAt(block, 'until')}, ${String(at(block, 'max')?.value)} times at most:`,
  group: () => 'these together:',
  decide: decideSentence,
  set: (block) => `is ${JSON.stringify(at(block, 'value')?.value)}.`,
  emit: (block) => `tells everybody: ${textAt(block, 'event')}.`,
  lock: (block) => `holds ${textAt(block, 'resource')}, which nobody else may hold meanwhile.`,
  saga: (block) =>
    `runs the saga ${textAt(block, 'definition')}${at(block, 'detached')?.value === true ? ', without waiting for it' : ''}.`,
  include: (block) => `does what the fragment ${textAt(block, 'fragment')} says.`,
  raise: (block) => `raises the error ${textAt(block, 'raise')}.`,
  end: (block) => `ends here, with the result ${textAt(block, 'end')}.`,
};

function asked(call: string): string {
  const [participant, ...command] = call.split('.');
  return `${participant} to ${command.join('.').replaceAll('-', ' ')}`;
}

function decideSentence(block: Cursor, land: Landscape): string {
  const name = `the table ${textAt(block, 'table')}`;
  const table = land.table(block);
  const over = textAt(block, 'over');
  const each = over === undefined ? '' : `each ${textAt(block, 'as') ?? 'item'} of ${over}`;
  if (table === undefined || textAt(table, 'hit') !== 'weigh')
    return `${name} decides${each === '' ? '' : ` about ${each}`}.`;
  const objectives = entriesOf(at(table, 'objectives')).map(([objective]) => objective);
  const weighed = each === '' ? 'weighs' : `weighs ${each}`;
  return `${name} ${weighed} by ${listed(objectives) || 'preferences'}; it decides nothing.`;
}

function peopleOf(to: Cursor | undefined): string {
  if (to === undefined) return 'whoever is asked by default';
  const role = textAt(to, 'role');
  const persons = itemsOf(at(to, 'candidates')).map(({ value }) => String(value));
  return listed([...(role === undefined ? [] : [`somebody in the role ${role}`]), ...persons]) || 'somebody';
}

function waitText(block: Cursor): string {
  const steps = itemsOf(at(block, 'escalate')).map(
    (each) => `after ${textAt(each, 'after')} ${peopleOf(at(each, 'to'))}, too`,
  );
  const window = textAt(block, 'window');
  const silence =
    window === undefined ? [] : [`silence for ${window} means ${textAt(block, 'atEnd') ?? 'nothing'}`];
  return [...steps, ...silence].map((text) => `; ${text}`).join('');
}

function waitSentence(block: Cursor): string {
  const [time, until, event] = [textAt(block, 'for'), textAt(block, 'until'), textAt(block, 'event')];
  const limit = at(block, 'timeout');
  const atMost = limit === undefined ? '' : `, ${textAt(longForm(limit, 'after'), 'after')} at most`;
  if (time !== undefined) return `lets ${time} pass.`;
  if (until !== undefined) return `waits until ${until}.`;
  if (event !== undefined) return `waits for ${event}${atMost}.`;
  const events = itemsOf(at(block, 'first')).map((each) => textAt(each, 'event') ?? 'an event');
  return `waits for the first of ${listed(events)}${atMost}.`;
}

function joinText(block: Cursor): string {
  const join = at(block, 'join')?.value ?? 'all';
  return join === 'all' ? 'all' : join === 'any' ? 'one' : String(join);
}

function namesOf(block: Cursor): readonly string[] {
  return entriesOf(at(block, 'branches')).map(([name]) => name);
}
