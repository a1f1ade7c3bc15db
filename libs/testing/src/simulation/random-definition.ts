import { compileDefinitions, formatProblem, type Json, type JsonObject, type Program } from '#libs/saga';
import type { Chance } from './chance.js';
import { startDrawing, type Drawing } from './drawing.js';
import { together } from './drawn.js';
import { drawList } from './random-blocks.js';
import type { StepKind } from './random-steps.js';

/** A definition that nobody has written, with what is to be known of its steps. */
export interface RandomDefinition {
  readonly text: string;
  readonly programs: readonly Program[];
  /** By the name of the step; its commands are `work.do-<step>` and `work.undo-<step>`. */
  readonly steps: ReadonlyMap<string, StepKind>;
  /** Groups that are undone as a whole by `work.cover-<group>`, with the steps inside. */
  readonly covers: ReadonlyMap<string, readonly string[]>;
}

/**
 * Draws a definition in which blocks of all kinds are nested in each other. What the compiler finds unsound is drawn
 * again; `refused` hears why.
 */
export function randomDefinition(
  chance: Chance,
  refused: (problem: string) => void = () => undefined,
): RandomDefinition {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const drawing = startDrawing(chance);
    const saga = drawSaga(drawing);
    const children = drawing.children.map((child) => ({ ...CHILD, ...child }));
    const documents = [saga, ...children, ...drawing.fragments, drawing.contract(), SIZES, EVENTS, NAMESPACE];
    const text = documents.map((one) => JSON.stringify(one)).join('\n---\n');
    const { programs, problems } = compileDefinitions([{ file: 'random.yaml', text }]);
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.length === 0 && programs.length > 0)
      return { text, programs, steps: drawing.kinds, covers: drawing.covers };
    errors.map(formatProblem).forEach(refused);
  }
  throw new Error(`none of ${mostTries} definitions that were drawn is sound`);
}

const mostTries = 100;

function drawSaga(drawing: Drawing): JsonObject {
  const { chance } = drawing;
  const before = drawList(drawing, { depth: 0, side: 'before', root: 'input', isOnce: true }, 3);
  const hasPivot = chance.happens(0.7);
  const behind =
    hasPivot && chance.happens(0.7)
      ? [drawList(drawing, { depth: 1, side: 'behind', root: 'input', isOnce: true }, 2)]
      : [];
  const { blocks } = together([before, ...(hasPivot ? [drawing.pivot()] : []), ...behind]);
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

/** The input of a random definition. */
export function randomInput(id: string, chance: Chance): Json {
  const items = Array.from({ length: chance.below(4) }, (_, index) => ({ id: `i${index}` }));
  return { id, count: chance.below(20), items };
}
