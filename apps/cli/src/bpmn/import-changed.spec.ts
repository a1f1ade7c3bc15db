import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { formatProblem, surveySagas } from '#libs/saga';
import { definitionOf, exportBpmn } from './export-bpmn.js';
import { importBpmn } from './import-bpmn.js';

const ORDER = {
  file: 'order.yaml',
  text: `saga: order
version: 2
key: input.id
steps:
  - { step: reserve, call: inventory.reserve, compensate: inventory.release }
  - { step: print, call: printer.print, compensate: { none: paper is cheap } }
  - choice: large
    cases: [{ case: yes-it-is, if: input.total > 5, do: [{ set: big, value: 1 }] }]
    else: []
`,
};

const FILE = 'order.bpmn';

async function problemsIn(xml: string): Promise<readonly string[]> {
  return (await importBpmn(xml, FILE)).problems.map(formatProblem);
}

async function exported(sources = [ORDER]): Promise<string> {
  const [survey] = surveySagas(sources);
  return exportBpmn(survey!, definitionOf(survey!, sources));
}

describe('an exported process that was changed in a modeller', () => {
  it('is imported in the order that is drawn', async () => {
    const swapped = (await exported())
      .replace(
        'sourceRef="Node_start" targetRef="Node_reserve"',
        'sourceRef="Node_start" targetRef="Node_print"',
      )
      .replace(
        'sourceRef="Node_reserve" targetRef="Node_print"',
        'sourceRef="Node_print" targetRef="Node_reserve"',
      )
      .replace(
        'sourceRef="Node_print" targetRef="Node_large"',
        'sourceRef="Node_reserve" targetRef="Node_large"',
      );
    const { text, problems } = await importBpmn(swapped, FILE);

    expect(problems).toEqual([]);
    expect(parse(text)).toMatchObject({
      version: 2,
      steps: [{ step: 'print' }, { step: 'reserve', compensate: 'inventory.release' }, { choice: 'large' }],
    });
  });

  it('has what was drawn into it', async () => {
    const added = (await exported())
      .replace('sourceRef="Node_big" targetRef="Node_end"', 'sourceRef="Node_big" targetRef="Activity_9"')
      .replace(
        '</bpmn:process>',
        '<bpmn:serviceTask id="Activity_9" name="Call the boss" /><bpmn:sequenceFlow id="f9" sourceRef="Activity_9" targetRef="Node_end" /></bpmn:process>',
      );
    const { text, problems, toFillIn } = await importBpmn(added, FILE);

    expect(problems).toEqual([]);
    expect(toFillIn.map(formatProblem)).toEqual([
      expect.stringMatching(/^order.bpmn:\d+:\d+: error: element "Activity_9": the command is missing$/),
    ]);
    expect(parse(text)).toMatchObject({
      steps: [{}, {}, { cases: [{ do: [{ set: 'big' }, { step: 'callTheBoss' }] }] }],
    });
  });

  it('has a choice where a condition is drawn around several blocks', async () => {
    const text = ORDER.text.replace('call: printer.print,', 'call: printer.print, if: input.total > 1,');
    const whole = await exported([{ ...ORDER, text }]);
    const added = whole
      .replace(
        'sourceRef="Node_print" targetRef="Node_large"',
        'sourceRef="Node_print" targetRef="Activity_9"',
      )
      .replace(
        '</bpmn:process>',
        '<bpmn:serviceTask id="Activity_9" name="Fold" /><bpmn:sequenceFlow id="f9" sourceRef="Activity_9" targetRef="Node_large" /></bpmn:process>',
      );
    const { text: imported, problems } = await importBpmn(added, FILE);

    expect(problems).toEqual([]);
    expect(parse(imported)).toMatchObject({
      steps: [
        {},
        { cases: [{ case: 'is-yes', if: 'input.total > 1', do: [{ step: 'print' }, { step: 'fold' }] }] },
        {},
      ],
    });
  });

  it.each([
    ['yes-it-is', 'Node_big'],
    ['else', 'Node_end'],
  ])('loses no way of a choice in silence: %s', async (way, to) => {
    const flow = new RegExp(
      `<bpmn:sequenceFlow[^>]*sourceRef="Node_large" targetRef="${to}"[^]*?</bpmn:sequenceFlow>`,
    );
    const whole = await exported();
    const cut = whole.replace(flow, '').replace(/ default="[^"]*_else"/, '');

    expect(cut).not.toBe(whole);
    expect(await problemsIn(cut)).toContainEqual(
      expect.stringContaining(`element "Node_large": there is no way "${way}" any more`),
    );
  });

  it('is refused where one of two listeners of an event is gone', async () => {
    const text = `${ORDER.text}listen:
  - { event: shop.order.gone, match: data.a, do: [{ set: one, value: 1 }] }
  - { event: shop.order.gone, match: data.b, do: [{ set: two, value: 2 }] }
`;
    const whole = await exported([{ ...ORDER, text }]);
    const cut = whole.replace(/<bpmn:subProcess id="Node_saga.listen1"[^]*?<\/bpmn:subProcess>/, '');

    expect(await problemsIn(cut)).toContainEqual(
      expect.stringContaining('"shop.order.gone" is heard 2 times by the text'),
    );
  });

  it('is refused where the text of an element cannot be read', async () => {
    const broken = (await exported()).replace('step: reserve', 'step: [reserve');

    expect(await problemsIn(broken)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^order.bpmn:\d+:5: error: element "Node_reserve": .* no YAML/),
      ]),
    );
  });

  it('says what a way that was mistyped may have meant', async () => {
    const mistyped = (await exported()).replace('targetRef="Node_print"', 'targetRef="Node_prnt"');

    expect(await problemsIn(mistyped)).toEqual([
      expect.stringMatching(
        /^order.bpmn:\d+:5: error: element "Flow_reserve_to_print_": its targetRef "Node_prnt" is nowhere in this model. Did you mean "Node_print"\?$/,
      ),
    ]);
  });

  it('is refused for an unknown element alone, not for all that follows from it', async () => {
    const unknown = (await exported()).replace(
      /<bpmn:serviceTask( id="Node_print"[^]*?)<\/bpmn:serviceTask>/,
      '<bpmn:serviceTsk$1</bpmn:serviceTsk>',
    );

    expect(await problemsIn(unknown)).toEqual([
      expect.stringMatching(
        /^order.bpmn:\d+:5: error: this is no XML of such a model: unknown type <bpmn:ServiceTsk>$/,
      ),
    ]);
  });
});
