import type { Node } from '../src/node.js';
import { nodesOf } from './nodes-of.js';
import type { Run, Turned } from './simulated-run.js';

/** What random runs were made of and what they led to, by name: proof that the laws were tried on something. */
export function surveyOf(runs: readonly Run[]): Readonly<Record<string, number>> {
  const nodes = runs.flatMap(({ program }) => nodesOf(program.root));
  const turns = runs.flatMap((run) => run.turns);
  return {
    runs: runs.length,
    inputs: turns.length,
    'composites on the shortest way to a leaf': Math.min(
      ...runs.map(({ program }) => leastDepth(program.root)),
    ),
    ...counts('node', nodes, ({ kind }) => [kind], kinds),
    ...counts('input', turns, ({ input }) => [input.kind === 'answer' ? input.outcome : input.kind], inputs),
    ...counts('sent to', turns, sentIn, ['do', 'verify', 'undo']),
    ...counts('ended', runs, statusOf, ['completed', 'compensated', 'cancelled', 'compensating', 'running']),
    ...counts('incident', turns, incidentsIn, [
      'UNCAUGHT',
      'UNKNOWN',
      'NOT_SENT',
      'DECLARED',
      'OVERDUE',
      'UNDO_FAILED',
    ]),
    ...counts('', turns, happenedIn, happenings),
    ...counts('outside', turns, outsideIn, ['lock released', 'lock kept', 'saga released', 'lock-lost']),
    ...counts('join', turns, joinedIn, ['of items', 'without some', 'with none of its legs', 'incomplete']),
  };
}

const kinds: readonly Node['kind'][] = [
  'seq',
  'par',
  'pick',
  'loop',
  'scope',
  'ask',
  'calc',
  'tell',
  'raise',
];

const inputs: readonly string[] = [
  'due',
  'action',
  'not-sent',
  'succeeded',
  'rejected',
  'failed',
  'accepted',
  'heard',
  'switched',
];

const happenings: readonly string[] = [
  'repeated message',
  'new attempt',
  'new round',
  'plan held back',
  'plan withdrawn',
  'savepoint',
  'handler',
  'abandoned in doubt',
  'duplicate without effect',
  'answer to be confirmed',
  'answer too old',
];

function counts<T>(
  prefix: string,
  things: readonly T[],
  namesOf: (thing: T) => readonly string[],
  names: readonly string[],
): Readonly<Record<string, number>> {
  const found = things.flatMap(namesOf);
  return Object.fromEntries(
    names.map((name) => [`${prefix} ${name}`.trim(), found.filter((one) => one === name).length]),
  );
}

function leastDepth(node: Node): number {
  const direct = bodiesOf(node);
  return direct.length === 0 ? 0 : 1 + Math.min(...direct.map(leastDepth));
}

/** Children on the ordinary way; handlers may be shallow. */
function bodiesOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'seq':
      return node.children;
    case 'par':
      return [...node.legs, ...(node.items === undefined ? [] : [node.items])].map(({ child }) => child);
    case 'pick':
      return [
        ...node.cases.map(({ child }) => child),
        ...(node.otherwise === undefined ? [] : [node.otherwise]),
      ];
    case 'loop':
    case 'scope':
      return [node.child];
    case 'ask':
    case 'calc':
    case 'tell':
    case 'raise':
      return [];
  }
}

function sentIn({ effects }: Turned): readonly string[] {
  return effects.flatMap((effect) => (effect.kind === 'open' ? [effect.direction] : []));
}

/** What joins came to, where it can be read at the top. */
function joinedIn({ before, after }: Turned): readonly string[] {
  const joined = Object.entries(after.steps).filter(
    ([block, { missing }]) => missing !== undefined && after.steps[block] !== before?.steps[block],
  );
  return joined.flatMap(([, { output, outcome, completeness }]) => [
    ...(Array.isArray(output) && output.length > 0 ? ['of items'] : []),
    ...(outcome === 'succeeded' && completeness! < 1 ? ['without some'] : []),
    ...(completeness === 0 ? ['with none of its legs'] : []),
    ...(outcome === 'incomplete' ? ['incomplete'] : []),
  ]);
}

function statusOf({ turns }: Run): readonly string[] {
  return [turns.at(-1)!.after.status];
}

/** What became of locks and other sagas. */
function outsideIn({ input, effects, before, after }: Turned): readonly string[] {
  const isLost =
    input.kind === 'heard' && input.what === 'lost' && before?.raised !== after.raised ? ['lock-lost'] : [];
  const told = effects.flatMap((effect) => {
    if (effect.kind === 'release' && effect.reason === 'undo') return [`${effect.channel} released`];
    return effect.kind === 'await' && input.kind === 'heard' && input.what === 'lost' ? ['lock kept'] : [];
  });
  return [...isLost, ...told];
}

function incidentsIn({ effects }: Turned): readonly string[] {
  return effects.flatMap((effect) => (effect.kind === 'incident' && effect.open ? [effect.code] : []));
}

const doubts: Readonly<Record<string, readonly string[]>> = {
  'to-be-confirmed': ['answer to be confirmed'],
  'too-old': ['answer too old'],
};

function happenedIn({ input, before, after, effects }: Turned): readonly string[] {
  const opens = effects.flatMap((effect) => (effect.kind === 'open' ? [effect] : []));
  const modes = Object.values(after.frames).flatMap((frame) => (frame.kind === 'scope' ? [frame.mode] : []));
  const isWithdrawn = before?.ending?.isHeld === true && after.status === 'running';
  return [
    ...opens.flatMap(({ isRepeat }) => (isRepeat === true ? ['repeated message'] : [])),
    ...opens.flatMap(({ attempt, direction }) =>
      attempt > 1 && direction !== 'verify' ? ['new attempt'] : [],
    ),
    ...opens.flatMap(({ operation }) => (/\/[2-9]\/do$/.test(operation) ? ['new round'] : [])),
    ...(after.ending?.isHeld === true ? ['plan held back'] : []),
    ...(isWithdrawn ? ['plan withdrawn'] : []),
    ...(modes.includes('undoing') ? ['savepoint'] : []),
    ...(modes.includes('handling') ? ['handler'] : []),
    ...(after.operations.some(({ standing }) => standing === 'suspect') ? ['abandoned in doubt'] : []),
    ...(input.kind === 'answer' && before === after ? ['duplicate without effect'] : []),
    ...effects.flatMap((effect) => (effect.kind === 'noted' ? (doubts[effect.note.what] ?? []) : [])),
  ];
}
