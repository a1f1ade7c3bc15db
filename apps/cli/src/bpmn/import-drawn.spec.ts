import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { compileDefinitions, formatProblem } from '#libs/saga';
import { importBpmn } from './import-bpmn.js';

/** A model as modellers write it; flows as `a > b`, or `a > b: name`. */
function model(elements: readonly string[], flows: readonly string[]): string {
  const drawn = flows.map((flow, index) => {
    const [, from, to, name] = /^(\w+) > (\w+)(?:: (.*))?$/.exec(flow)!;
    const called = name === undefined ? '' : ` name="${name}"`;
    return `<bpmn:sequenceFlow id="Flow_${index}" sourceRef="${from}" targetRef="${to}"${called} />`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="n">
<bpmn:process id="Process_1" name="Pay a claim">
${[...elements, ...drawn].join('\n')}
</bpmn:process>
</bpmn:definitions>
`;
}

const FILE = 'drawn.bpmn';
const START = '<bpmn:startEvent id="s" />';
const END = '<bpmn:endEvent id="e" />';
const task = (id: string, name = '', type = 'serviceTask'): string =>
  `<bpmn:${type} id="${id}" name="${name}" />`;

async function stepsOf(elements: readonly string[], flows: readonly string[]): Promise<unknown> {
  const { text, problems } = await importBpmn(model([START, END, ...elements], flows), FILE);
  expect(problems).toEqual([]);
  return (parse(text) as { readonly steps: unknown }).steps;
}

async function problemsOf(elements: readonly string[], flows: readonly string[]): Promise<readonly string[]> {
  const { problems } = await importBpmn(model([START, END, ...elements], flows), FILE);
  return problems.map(formatProblem);
}

describe('a process that was drawn by hand', () => {
  it('becomes a saga that says what is missing', async () => {
    const xml = model(
      [START, task('Activity_1', 'Check the claim', 'userTask'), task('Activity_2', 'Pay it'), END],
      ['s > Activity_1', 'Activity_1 > Activity_2', 'Activity_2 > e'],
    );
    const { text, problems, toFillIn } = await importBpmn(xml, FILE);

    expect(problems).toEqual([]);
    expect(parse(text)).toMatchObject({
      saga: 'pay-a-claim',
      version: 1,
      title: 'Pay a claim',
      steps: [
        { task: 'checkTheClaim', title: 'Check the claim', answers: { done: [] } },
        { step: 'payIt', title: 'Pay it' },
      ],
    });
    expect(toFillIn.map(formatProblem)).toEqual([
      'drawn.bpmn:3:1: error: element "Process_1": the key is missing',
      'drawn.bpmn:5:1: error: element "Activity_1": the role is missing',
      'drawn.bpmn:6:1: error: element "Activity_2": the command is missing',
    ]);
  });

  it('does not compile before that is filled in', async () => {
    const types = ['serviceTask', 'userTask', 'sendTask', 'receiveTask', 'scriptTask', 'businessRuleTask'];
    for (const type of [...types, 'callActivity']) {
      const xml = model([START, task('a', 'Do it', type), END], ['s > a', 'a > e']);
      const { text } = await importBpmn(xml, FILE);
      const file = 'drawn.yaml';
      const { problems } = compileDefinitions([{ file, text: text.replace(/^key:.*$/m, 'key: input.id') }]);

      expect(problems.filter(({ path }) => path.startsWith('steps[0].')).length).toBeGreaterThan(0);
    }
  });

  it('has a choice where an exclusive gateway splits, and goes on where its ways meet', async () => {
    const steps = await stepsOf(
      [
        '<bpmn:exclusiveGateway id="g" name="Large?" default="Flow_2" />',
        '<bpmn:exclusiveGateway id="m" />',
        task('a'),
        task('b'),
      ],
      ['s > g', 'g > a: Is large', 'g > m', 'a > m', 'm > b', 'b > e'],
    );

    expect(steps).toMatchObject([
      { choice: 'large', cases: [{ case: 'is-large', do: [{ step: 'a' }] }], else: [] },
      { step: 'b' },
    ]);
  });

  it('ends early where a way of a choice has an end of its own', async () => {
    const steps = await stepsOf(
      [
        '<bpmn:exclusiveGateway id="g" />',
        '<bpmn:endEvent id="e2" name="Too small" />',
        task('a'),
        task('b'),
      ],
      ['s > g', 'g > a', 'g > b: ok', 'g > e2: small', 'a > e', 'b > e'],
    );

    expect(steps).toMatchObject([
      { choice: 'g', cases: [{}, { do: [{ step: 'b' }] }, { case: 'small', do: [{ end: 'too-small' }] }] },
    ]);
  });

  it('says what was drawn as the condition of a way', async () => {
    const condition = '<bpmn:conditionExpression>=kind = "a, for b"\n&gt; 5</bpmn:conditionExpression>';
    const flow = `<bpmn:sequenceFlow id="f" name="much" sourceRef="g" targetRef="a">${condition}</bpmn:sequenceFlow>`;
    const xml = model(
      [START, END, '<bpmn:exclusiveGateway id="g" />', task('a', 'Ask\nthe boss'), flow],
      ['s > g', 'g > e: no', 'a > e'],
    );
    const { text, toFillIn } = await importBpmn(xml, FILE);

    expect(toFillIn.map(formatProblem)).toContain(
      'drawn.bpmn:6:1: error: element "g": the condition of much (drawn as =kind = "a, for b" > 5) is missing',
    );
    expect(text).toContain('title: Ask the boss\n');
  });

  it('calls no way what YAML readers take for true', async () => {
    const steps = await stepsOf(
      ['<bpmn:exclusiveGateway id="g" default="Flow_2" />', task('a', 'On')],
      ['s > g', 'g > a: Yes', 'g > e: No', 'a > e'],
    );

    expect(steps).toMatchObject([
      { choice: 'g', cases: [{ case: 'is-yes', do: [{ step: 'isOn' }] }], else: [] },
    ]);
  });

  it('has branches between parallel gateways', async () => {
    const gateways = ['p', 'j'].map((id) => `<bpmn:parallelGateway id="${id}" />`);
    const steps = await stepsOf(
      [...gateways, task('a'), task('b')],
      ['s > p', 'p > a: left', 'p > b', 'a > j', 'b > j', 'j > e'],
    );

    expect(steps).toMatchObject([
      { parallel: 'p', branches: { left: [{ step: 'a' }], 'branch-2': [{ step: 'b' }] } },
    ]);
  });

  it('catches what stands on the boundary of an activity', async () => {
    const error = (id: string, name: string): string =>
      `<bpmn:boundaryEvent id="${id}" name="${name}" attachedToRef="a"><bpmn:errorEventDefinition id="${id}_d" /></bpmn:boundaryEvent>`;
    const undo = '<bpmn:endEvent id="u"><bpmn:compensateEventDefinition id="u_d" /></bpmn:endEvent>';
    const steps = await stepsOf(
      [task('a'), task('b'), error('x', 'no-stock'), error('y', 'no-money'), undo],
      ['s > a', 'a > e', 'x > b', 'b > a', 'y > u'],
    );

    expect(steps).toMatchObject([
      { step: 'a', catch: { 'no-stock': { do: [{ step: 'b' }], then: 'retry' }, 'no-money': 'compensate' } },
    ]);
  });

  it('starts with the message it begins with', async () => {
    const start =
      '<bpmn:startEvent id="s" name="claims.received"><bpmn:messageEventDefinition id="m" /></bpmn:startEvent>';
    const { text } = await importBpmn(model([start, task('a'), END], ['s > a', 'a > e']), FILE);

    expect(parse(text)).toMatchObject({ triggers: [{ event: 'claims.received' }] });
  });

  it('holds what a sub-process holds', async () => {
    const inside = `<bpmn:startEvent id="s1" />${task('a')}<bpmn:sequenceFlow id="f1" sourceRef="s1" targetRef="a" />`;
    const loop = '<bpmn:multiInstanceLoopCharacteristics id="l" />';
    const steps = await stepsOf(
      [`<bpmn:subProcess id="each">${loop}${inside}</bpmn:subProcess>`],
      ['s > each', 'each > e'],
    );

    expect(steps).toMatchObject([{ forEach: 'each', do: [{ step: 'a' }] }]);
  });

  it.each([
    [
      'an inclusive gateway',
      ['<bpmn:inclusiveGateway id="g" />'],
      ['s > g', 'g > e'],
      'drawn.bpmn:6:1: error: element "g": InclusiveGateway has no counterpart; draw it otherwise',
    ],
    [
      'a signal',
      [
        '<bpmn:intermediateCatchEvent id="g"><bpmn:signalEventDefinition id="d1" /></bpmn:intermediateCatchEvent>',
      ],
      ['s > g', 'g > e'],
      'drawn.bpmn:6:1: error: element "g": a IntermediateCatchEvent about Signal has no counterpart; there are: Message, Timer',
    ],
    [
      'a way back',
      [task('a'), task('b')],
      ['s > a', 'a > b', 'b > a'],
      'drawn.bpmn:6:1: error: element "a": ways come together here that do not begin at one gateway, or a way leads back',
    ],
    [
      'an end that undoes everything, in the ordinary course of things',
      ['<bpmn:endEvent id="u"><bpmn:compensateEventDefinition id="d1" /></bpmn:endEvent>'],
      ['s > u'],
      'drawn.bpmn:6:1: error: element "u": it means nothing where it stands',
    ],
    [
      'a task that is repeated',
      ['<bpmn:task id="a"><bpmn:standardLoopCharacteristics id="d1" /></bpmn:task>'],
      ['s > a', 'a > e'],
      'drawn.bpmn:6:1: error: element "a": put it into a sub-process, and let that be repeated',
    ],
    [
      'an event that ends an activity, and raises nothing',
      [
        task('a'),
        '<bpmn:boundaryEvent id="x" name="shop.order.gone" attachedToRef="a"><bpmn:messageEventDefinition id="d1" /></bpmn:boundaryEvent>',
        task('b'),
      ],
      ['s > a', 'a > e', 'x > b'],
      'drawn.bpmn:7:1: error: element "x": it ends its activity, so it has to lead to an end with an error',
    ],
    [
      'what nothing leads to',
      [task('a')],
      ['s > e'],
      'drawn.bpmn:6:1: error: element "a": no way leads here',
    ],
    [
      'an activity with two ways',
      [task('a'), task('b')],
      ['s > a', 'a > b', 'a > e', 'b > e'],
      'drawn.bpmn:6:1: error: element "a": all of its ways would be taken; put a gateway behind it that says which',
    ],
  ])('is refused with element and line: %s', async (_, elements, flows, problem) => {
    expect(await problemsOf(elements, flows)).toContain(problem);
  });
});
