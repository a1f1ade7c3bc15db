import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '#libs/saga';
import { parse } from 'yaml';
import { importDmn } from './import-dmn.js';

/** A table with these columns (expression and type) and rules; each rule's last cell is its output. */
function table(
  columns: readonly (readonly [string, string])[],
  rules: readonly (readonly string[])[],
  attributes = 'hitPolicy="FIRST"',
): string {
  const inputs = columns.map(
    ([text, type]) =>
      `<input><inputExpression typeRef="${type}"><text>${escaped(text)}</text></inputExpression></input>`,
  );
  const cells = rules.map((cells_) => {
    const entries = cells_
      .slice(0, -1)
      .map((cell) => `<inputEntry><text>${escaped(cell)}</text></inputEntry>`);
    return `<rule>${entries.join('')}<outputEntry><text>${escaped(cells_.at(-1)!)}</text></outputEntry></rule>`;
  });
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="n">
    <decision id="d" name="Claim route"><decisionTable id="t" ${attributes}>${inputs.join('')}<output name="route"/>${cells.join('')}</decisionTable></decision></definitions>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

async function conditionsOf(column: string, type: string, ...cells: readonly string[]) {
  const { text, problems } = await importDmn(
    table(
      [[column, type]],
      cells.map((cell) => [cell, '"x"']),
    ),
    1,
  );
  const { rules } = parse(text) as { readonly rules: readonly { readonly if: string }[] };
  return problems.length > 0 ? problems : rules.map((rule) => rule.if);
}

describe('a cell of a DMN table', () => {
  it.each([
    ['number', '< 10', 'amount < 10'],
    ['number', '[1..10)', 'amount >= 1 && amount < 10'],
    ['number', ']1..10[', 'amount > 1 && amount < 10'],
    ['number', '-5', 'amount == -5'],
    ['number', '1, 2', 'amount in [1, 2]'],
    ['number', '< 1, > 9', '(amount < 1) || (amount > 9)'],
    ['string', '"a"', "amount == 'a'"],
    ['string', '"it\'s"', "amount == 'it\\'s'"],
    ['string', 'not("a", "b")', "!(amount in ['a', 'b'])"],
    ['string', 'starts with(?, "A")', "amount.startsWith('A')"],
    ['boolean', 'true', 'amount == true'],
    ['date', '>= date("2026-01-01")', "amount >= timestamp('2026-01-01T00:00:00Z')"],
    ['number', '-', 'true'],
    ['number', '? > 1 and ? < 5', 'amount > 1 && amount < 5'],
  ])('of type %s, %s, becomes a condition', async (type, cell, condition) => {
    expect(await conditionsOf('amount', type, cell)).toEqual([condition]);
  });

  it.each([
    ['count([1,2]) > 1', 'the function "count" has no counterpart; write this part by hand: count([1,2])'],
    [
      '< date and time("2026-01-01T10:00:00")',
      'date and time("2026-01-01T10:00:00") has no counterpart: write an instant with its zone by hand',
    ],
  ])('that has no counterpart is refused with its place: %s', async (cell, why) => {
    expect(await conditionsOf('amount', 'number', cell)).toEqual([
      `decision "claim-route", rule 1, column "amount": ${why}`,
    ]);
  });
});

describe('a DMN table', () => {
  it('becomes a decision that decides as it is drawn', async () => {
    const xml = table(
      [
        ['claim.kind', 'string'],
        ['claim amount', 'number'],
      ],
      [
        ['"glass"', '< 500', '"pay"'],
        ['"glass","hail"', '-', '"review"'],
        ['-', '-', '"refuse"'],
      ],
    );
    const { text, problems } = await importDmn(xml, 3);
    const compiled = compileDefinitions([{ file: 'claim.yaml', text }]);

    expect([problems, compiled.problems]).toEqual([[], []]);
    expect(parse(text)).toMatchObject({
      decision: 'claim-route',
      version: 3,
      hit: 'first',
      inputs: {
        claim: { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } },
        claimAmount: { type: 'number' },
      },
      rules: [
        { if: "claim.kind == 'glass' && claimAmount < 500", output: 'pay' },
        { if: "claim.kind in ['glass', 'hail']", output: 'review' },
        { if: 'true', output: 'refuse' },
      ],
    });
  });

  it('is refused where its hit policy has no counterpart', async () => {
    const { problems } = await importDmn(
      table([['amount', 'number']], [['-', '1']], 'hitPolicy="COLLECT" aggregation="SUM"'),
      1,
    );

    expect(problems).toEqual([
      'decision "claim-route": the hit policy COLLECT SUM has no counterpart; there are unique, first, any and collect',
    ]);
  });

  it('that is no table is refused', async () => {
    const xml = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="n"><decision id="d" name="Sum"><literalExpression><text>a + 1</text></literalExpression></decision></definitions>`;

    expect((await importDmn(xml, 1)).problems).toEqual([
      'decision "sum": it is no table, and only tables are taken over',
    ]);
  });
});
