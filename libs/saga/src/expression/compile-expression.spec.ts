import { describe, expect, it } from '@jest/globals';
import type { Values } from '../scope-values.js';
import { compileExpression } from './compile-expression.js';
import { ExpressionError } from './expression-error.js';
import { ExpressionProblem } from './expression-problem.js';
import type { Place } from './place.js';
import { typeOfSchema } from './schema-type.js';
import { ANY, INSTANT } from './static-type.js';

const schema = {
  type: 'object',
  properties: {
    due: { type: 'string', format: 'date-time' },
    grace: { type: 'string', format: 'duration' },
    stops: {
      type: 'array',
      items: { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } },
    },
    trucks: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        properties: { driven: { type: 'string', format: 'duration' } },
      },
    },
  },
};
const place: Place = {
  roots: { input: typeOfSchema(schema, '`input`'), saga: ANY, now: INSTANT },
  steps: new Map([
    ['paid', { output: ANY, isSure: true }],
    ['maybe', { output: ANY, isSure: false }],
    ['skipped', { output: ANY, isSure: false }],
  ]),
  blocks: new Set(['paid', 'maybe', 'later']),
};
const input = {
  name: 'AB-7',
  count: 3,
  price: 2.5,
  tags: ['a', 'b'],
  items: [
    { n: 1, open: true },
    { n: 2, open: false },
    { n: 3, open: true },
  ],
  nothing: null,
  due: '2026-03-01T12:00:00+01:00',
  grace: 'PT90M',
  stops: [{ at: '2026-03-01T10:00:00Z' }],
  trucks: { 't-1': { driven: 'PT11H' } },
  address: { city: 'Bonn' },
};
const result = { output: { amount: 10 }, outcome: 'succeeded', attempts: 2, startedAt: 0, endedAt: 60_000 };
const values = {
  input,
  steps: { paid: result, skipped: { ...result, output: null, outcome: 'skipped' } },
  saga: {},
  toggles: {},
  now: Date.UTC(2026, 2, 1, 12),
} as unknown as Values;

const valueOf = (text: string) => compileExpression(text, place).evaluateJson(values);

describe('numbers in expressions', () => {
  it.each([
    ['input.count + 1', 4],
    ['input.count == 3', true],
    ['input.count == 3.0', true],
    ['1 + 1', 2],
    ['7 / 2', 3.5],
    ['input.count * input.price / 100', 0.075],
    ['7 % 4', 3],
    ['-input.count', -3],
    ['input.count in [1, 2, 3]', true],
    ['input.tags[1]', 'b'],
    ['input.tags[input.count - 2]', 'b'],
    ['size(input.tags) + input.count', 5],
    ['[1, 2] == [1.0, 2.0]', true],
    ['int(7.9)', 7],
    ["int('42') + 1", 43],
    ['abs(-3)', 3],
    ['input.items.map(i, i.n * 2)', [2, 4, 6]],
    ['string(input.count)', '3'],
    ['0x10', 16],
  ])('%s is %j', (text, expected) => {
    expect(valueOf(text)).toEqual(expected);
  });

  it('come out as JSON numbers, never as big integers', () => {
    expect(JSON.stringify(valueOf("{'a': 1, 'b': [2, size(input.tags)], 'c': input.count + 1}"))).toBe(
      '{"a":1,"b":[2,2],"c":4}',
    );
  });

  it.each(['1 / 0', '1 % 0', '10.0 / (input.count - 3)'])('%s fails', (text) => {
    expect(() => valueOf(text)).toThrow(ExpressionError);
  });
});

describe('texts, lists and maps in expressions', () => {
  it.each([
    ["like(input.name, 'AB*')", true],
    ["like(input.name, '*-*')", true],
    ["like(input.name, 'A*C')", false],
    ["like('aba', 'ab*ba')", false],
    ["like(input.name, 'AB-7')", true],
    ["input.name.startsWith('AB') && input.name.size() == 4", true],
    ["input.name + '!'", 'AB-7!'],
    ["'a,b'.split(',')", ['a', 'b']],
    ["input.tags.join('-')", 'a-b'],
    ["'city' in input.address", true],
    ["input.address['city']", 'Bonn'],
    ['input.items.filter(i, i.open).size()', 2],
    ['input.items.map(i, i.open, i.n)', [1, 3]],
    ['input.items.all(i, i.n > 0)', true],
    ['input.items.exists(i, i.n > 2)', true],
    ['input.items.exists_one(i, i.open)', false],
    ['input.items.map(i, input.items.filter(j, j.n < i.n).size())', [0, 1, 2]],
    ['input.tags + [input.name]', ['a', 'b', 'AB-7']],
    ['input.nothing == null', true],
    ["input.name == 'AB-7' ? 'yes' : 'no'", 'yes'],
  ])('%s is %j', (text, expected) => {
    expect(valueOf(text)).toEqual(expected);
  });

  it('reads own fields only', () => {
    expect(() => valueOf('input.constructor')).toThrow('there is no "constructor"');
    expect(() => valueOf("input['__proto__']")).toThrow('there is no "__proto__"');
    expect(valueOf('has(input.toString)')).toBe(false);
  });

  it('names what is missing, and where', () => {
    expect(() => valueOf('input.address.street')).toThrow('there is no "street", in: input.address.street');
    expect(() => valueOf('input.nothing.deep')).toThrow(
      'there is no "deep", because it is read from null, in: input.nothing.deep',
    );
  });

  it('never shows the values themselves in a message', () => {
    expect(() => valueOf('input.name * 2')).toThrow(
      '"*" does not go between a text and a number, in: input.name * 2',
    );
  });
});

describe('time in expressions', () => {
  it.each([
    ['now', '2026-03-01T12:00:00.000Z'],
    ["now + duration('90m')", '2026-03-01T13:30:00.000Z'],
    ['input.due < now', true],
    ['now - input.due', 'PT3600S'],
    ["input.grace == duration('1h30m')", true],
    ["timestamp('2026-03-01T12:00:00Z') == now", true],
    ["timestamp('2026-03-01T13:00:00+01:00') == timestamp('2026-03-01T07:00:00-05:00')", true],
    ['now.getHours()', 12],
    ['input.grace.getMinutes()', 90],
    ['input.stops.all(s, s.at < now)', true],
    ['input.stops[0].at < now', true],
    [`input.trucks['t-1'].driven > duration('10h')`, true],
    ["input.trucks['t-' + '1'].driven > duration('12h')", false],
    ['input.trucks.exists(t, input.trucks[t].driven.getHours() == 11)', true],
    ['input.due', '2026-03-01T11:00:00.000Z'],
    ['steps.paid.endedAt - steps.paid.startedAt', 'PT60S'],
  ])('%s is %j', (text, expected) => {
    expect(valueOf(text)).toEqual(expected);
  });

  it('refuses an instant without a zone', () => {
    expect(() => valueOf("timestamp('2026-03-01' + 'T12:00:00')")).toThrow(ExpressionError);
  });
});

describe('blocks in expressions', () => {
  it.each([
    ['steps.paid.output.amount', 10],
    ['steps.paid.attempts', 2],
    ['steps.?maybe.output.amount.orValue(5)', 5],
    ['steps.?paid.output.amount.orValue(5)', 10],
    ['steps.?maybe.output.?amount.or(steps.?paid.output.amount).orValue(1)', 10],
    ['has(steps.maybe)', false],
    ['has(steps.skipped)', false],
    ["steps.?skipped.outcome.orValue('skipped')", 'skipped'],
    ['has(steps.skipped) ? steps.skipped.output.amount : 1', 1],
    ['has(steps.maybe) ? steps.maybe.output.amount : 7', 7],
    ['has(steps.maybe) && steps.maybe.output.amount > 3', false],
    ['!has(steps.maybe) || steps.maybe.output.amount > 3', true],
    ['has(input.address.city)', true],
    ['has(input.address.street.number)', false],
    ["input.?address.street.orValue('none')", 'none'],
    ['input.tags[?5].orValue(1)', 1],
    ['steps.?paid.hasValue()', true],
  ])('%s is %j', (text, expected) => {
    expect(valueOf(text)).toEqual(expected);
  });

  it.each([
    ['steps.maybe.output', 'may not have run'],
    ['steps.later.output', 'does not stand before'],
    ['steps.payd.output', 'Did you mean "paid"?'],
    ['input.name.orValue(1)', 'always there'],
    ['x.filter(i, i)', 'there is no "x" here'],
    ['size(1)', '`size()` does not take a number'],
    ['cel.bind(x, 1, x)', 'there is no function ".bind()"'],
    ["b'abc'", 'bytes are not part'],
    ['9007199254740993', 'too large'],
    ['has(steps.maybe) ? 1 : steps.maybe.attempts', 'may not have run'],
  ])('%s is refused', (text, message) => {
    expect(() => compileExpression(text, place)).toThrow(ExpressionProblem);
    expect(() => compileExpression(text, place)).toThrow(message);
  });
});

describe('an error on one side of a condition', () => {
  it('does not matter where the other side decides', () => {
    expect(valueOf('input.missing > 1 || input.count == 3')).toBe(true);
    expect(valueOf('input.missing > 1 && input.count == 4')).toBe(false);
  });

  it('counts where the other side does not decide', () => {
    expect(() => valueOf('input.missing > 1 && input.count == 3')).toThrow('there is no "missing"');
  });
});
