import { compileDefinitions, formatProblem, type Json, type JsonObject, type Program } from '#libs/saga';
import { Chance } from './chance.js';
import { startDrawing, type Drawing } from './drawing.js';
import { together, type Spot } from './drawn.js';
import { pairsOf, pairText, type Nest } from './nest.js';
import { drawHolder, drawList } from './random-blocks.js';
import type { StepKind } from './random-steps.js';

/** A definition that nobody has written, with what is to be known of its steps. */
export interface RandomDefinition {
  readonly text: string;
  readonly programs: readonly Program[];
  /** By the name of the step; its commands are `work.do-<step>` and `work.undo-<step>`. */
  readonly steps: ReadonlyMap<string, StepKind>;
  /** By the name of a block that was drawn inside of another by order: `<kind> in <what holds it>`. */
  readonly nested: ReadonlyMap<string, string>;
  /** What of the nest the language forbids, with what the compiler says. */
  readonly forbidden: ReadonlyMap<string, string>;
  /** Groups that are undone as a whole by `work.cover-<group>`, with the steps inside. */
  readonly covers: ReadonlyMap<string, readonly string[]>;
}

/**
 * Draws a definition that begins with a nest and goes on with blocks of all kinds nested in each other. What the compiler
 * finds unsound is drawn again; `refused` hears why.
 */
export function randomDefinition(
  chance: Chance,
  nest: Nest,
  refused: (problem: string) => void = () => undefined,
): RandomDefinition {
  let allowed = nest;
  let forbidden: ReadonlyMap<string, string> = new Map();
  for (let tries = 0; tries < mostTries; tries += 1) {
    const drawing = startDrawing(chance);
    const { text, programs, errors } = compiled(drawing, drawSaga(drawing, allowed));
    if (errors.length === 0)
      return {
        text,
        programs,
        steps: drawing.kinds,
        nested: drawing.nested,
        forbidden,
        covers: drawing.covers,
      };
    errors.map(formatProblem).forEach(refused);
    if (tries > 0) continue;
    forbidden = forbiddenIn(nest);
    allowed = without(nest, forbidden);
  }
  throw new Error(`none of ${mostTries} definitions with ${pairsOf(nest).join(', ')} is sound`);
}

const mostTries = 100;
const fewTries = 10;

/** What of a nest the language forbids: no definition of that alone is sound. */
function forbiddenIn({ outer, inner }: Nest): ReadonlyMap<string, string> {
  const problems = inner.map((head) => [pairText(outer, head), problemOf({ outer, inner: [head] })] as const);
  return new Map(problems.flatMap(([pair, problem]) => (problem === undefined ? [] : [[pair, problem]])));
}

function problemOf(nest: Nest): string | undefined {
  let problem: string | undefined;
  for (let seed = 1; seed <= fewTries; seed += 1) {
    const drawing = startDrawing(new Chance(seed));
    const { errors } = compiled(drawing, sagaOf(drawHolder(drawing, start, nest).blocks));
    if (errors.length === 0) return undefined;
    problem = errors[0]!.message;
  }
  return problem;
}

function without({ outer, inner }: Nest, pairs: ReadonlyMap<string, string>): Nest {
  return { outer, inner: inner.filter((head) => !pairs.has(pairText(outer, head))) };
}

function compiled(drawing: Drawing, saga: JsonObject) {
  const children = drawing.children.map((child) => ({ ...CHILD, ...child }));
  const documents = [saga, ...children, ...drawing.fragments, drawing.contract(), SIZES, EVENTS, NAMESPACE];
  const text = documents.map((one) => JSON.stringify(one)).join('\n---\n');
  const { programs, problems } = compileDefinitions([{ file: 'random.yaml', text }]);
  const errors = problems.filter(({ severity }) => severity === 'error');
  return { text, programs, errors };
}

const start: Spot = { depth: 0, side: 'before', root: 'input', key: '${ input.id }' };

function drawSaga(drawing: Drawing, nest: Nest): JsonObject {
  const { chance } = drawing;
  const before = [drawHolder(drawing, start, nest), drawList(drawing, start, 2)];
  const hasPivot = chance.happens(0.7);
  const behind =
    hasPivot && chance.happens(0.7) ? [drawList(drawing, { ...start, depth: 1, side: 'behind' }, 2)] : [];
  const { blocks } = together([...before, ...(hasPivot ? [drawing.pivot()] : []), ...behind]);
  return sagaOf(blocks);
}

function sagaOf(blocks: readonly JsonObject[]): JsonObject {
  return {
    saga: 'random',
    version: 1,
    key: 'input.id',
    input: INPUT,
    timeout: '30m',
    toggles: { fancy: { default: true, title: 'Do the fancy things' } },
    triggers: [{ event: 'sim.placed' }],
    steps: blocks,
    outcomes: { completed: { emit: 'sim.done' }, compensated: { emit: 'sim.undone' } },
  };
}

const INPUT: JsonObject = {
  type: 'object',
  required: ['id', 'count', 'items'],
  properties: {
    id: { type: 'string' },
    count: { type: 'integer' },
    items: {
      type: 'array',
      items: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
    },
  },
};

/** What other sagas are but for their steps; a key is free again when its saga has ended. */
const CHILD: JsonObject = {
  saga: 'errand',
  version: 1,
  key: { of: 'input.id', reuse: 'afterEnd' },
  input: INPUT,
  timeout: '20m',
  toggles: { fancy: { default: true, title: 'Do the fancy things' } },
};

const SIZES: JsonObject = {
  decision: 'sizes',
  version: 1,
  hit: 'first',
  inputs: { count: { type: 'integer' } },
  rules: [{ rule: 'large', if: 'count > 10' }],
  default: 'small',
};

const EVENTS: JsonObject = {
  participant: 'sim',
  events: {
    'sim.placed': { key: 'data.id' },
    'sim.signalled': { key: 'data.id' },
    'sim.alarmed': { key: 'data.id' },
    'sim.told': {},
    'sim.done': {},
    'sim.undone': {},
  },
  facts: { 'sim.stock': { from: 'sim.signalled', key: 'data.id', value: 'data.id' } },
};

/** Short silences, so that every kind of doubt comes up. */
const NAMESPACE: JsonObject = {
  namespace: 'sim',
  defaults: {
    step: { timeout: { after: '5s', accepted: '2m' }, retry: { attempts: 6, delay: '1s', maxDelay: '10s' } },
  },
};

/** The input of the nth saga of a random definition: in turn with an even count and with an odd one. */
export function randomInput(id: string, nth: number, chance: Chance): Json {
  const items = Array.from({ length: chance.below(4) }, (_, index) => ({ id: `i${index}` }));
  return { id, count: chance.below(10) * 2 + (nth % 2), items };
}
