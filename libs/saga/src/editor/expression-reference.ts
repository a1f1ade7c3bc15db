import { FUNCTIONS, METHODS, type Overload } from '../expression/functions.js';
import { MACRO_FUNCTIONS, MACROS } from '../expression/macros.js';
import { typeName } from '../expression/static-type.js';

/** What can be mentioned, and where. */
const NAMES: Readonly<Record<string, string>> = {
  input: 'the input of the saga; not inside a fragment',
  steps:
    'blocks that have run: `steps.<block>.output`, `.outcome`, `.attempts`, `.startedAt`, `.endedAt`; of joins also `.completeness` (0…1) and `.missing`. What may not have run is read as `steps.?<block>.output`',
  item: 'the item at hand in a `forEach`, unless `as` calls it something else',
  index: 'its position in a `forEach`, or how often a `repeat` has gone round; from 0',
  failure:
    'in handlers, compensations and outcomes: `.error`, `.step`, `.message`, `.data`, `.at`, and `.causes`, what led to it, the nearest first: a list of `.error`, `.step`, `.message`, `.at`, and `.leg` where it is that of a join',
  self: 'in `compensate`, `verify` and `unless`: what the step sent (`.sent`), and its `.output` where there is a `verify`',
  output: 'in `unless.if`: the answer of the query; elsewhere inside `compensate`: nothing',
  data: 'where a message is at hand (triggers, `wait`, `listen`, `confirm`, contracts of events): its data',
  event: 'there also: its `.id`, `.source`, `.type`, `.time`',
  facts: 'what the block requires: `facts.<name>.value`, `.asOf`, `.age`',
  linked: 'the saga that a trigger is linked to',
  params: 'inside a fragment: its params',
  toggles: 'the toggles of the saga, each true or false',
  saga: '`.id`, `.key`, `.definition`, `.version`, `.startedAt`, `.hops`; in outcomes also `.result`',
  step: 'in time-out policies, whose conditions see `step`, `before`, `saga` and `now`, and nothing else: what is about to be sent: `.block`, `.call`, `.participant`, and `.kind`: compensable, pivot, retriable, kept (nothing undoes it), read-only, question, undo',
  before:
    'there also: what was before in this saga, as far as it can be seen from the step: `before.step` of the step itself, `before.participant` of steps of the same participant, each with `.times` it was asked, the last `.outcome` (`none`, `silent`, `failed`, `succeeded`, …) and how long that `.took`, a duration',
  now: 'when the input came that is being worked on',
};

/** What expressions are made of: names, functions, what is called on values. */
export function expressionReference(): readonly string[] {
  return [
    'Expressions are CEL over JSON: bare where a key is an expression, inside `${ }` in texts and values. There is one kind of number.',
    'No regular expressions, chance, clock or environment. What cannot be computed is the error `invalid`.',
    '',
    '| name | is |',
    '|---|---|',
    ...Object.entries(NAMES).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`),
    '',
    '| function | gives |',
    '|---|---|',
    ...Object.entries(FUNCTIONS).map(([name, overloads]) => row(name, overloads, signature)),
    '',
    '| called on a value | gives |',
    '|---|---|',
    ...Object.entries(METHODS).map(([name, overloads]) => row(name, overloads, methodSignature)),
    '',
    `Macros: ${[...Object.keys(MACRO_FUNCTIONS), ...Object.keys(MACROS)].map((name) => `\`${name}\``).join(', ')}.`,
  ];
}

/** The names that are explained. */
export const EXPLAINED_NAMES: readonly string[] = Object.keys(NAMES);

function row(
  name: string,
  overloads: readonly Overload[],
  write: (name: string, overload: Overload) => string,
): string {
  const calls = overloads.map((overload) => `\`${write(name, overload)}\``).join(', ');
  const gives = [...new Set(overloads.map((overload) => typeName(overload.gives)))].join(' or ');
  return `| ${calls} | ${gives} |`;
}

function signature(name: string, { takes }: Overload): string {
  return `${name}(${takes.join(', ')})`;
}

function methodSignature(name: string, { takes: [receiver, ...rest] }: Overload): string {
  return `${receiver!}.${name}(${rest.join(', ')})`;
}
