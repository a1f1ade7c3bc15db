import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('a command line that cannot work', () => {
  it.each([
    ['suggests the command that was meant', ['lits'], 'Did you mean list?'],
    ['suggests the option that was meant', ['list', '--statsu', 'running'], 'Did you mean --status?'],
    ['names the argument that is missing', ['show'], "missing required argument 'saga'"],
    ['lists the formats there are', ['list', '-o', 'xml'], 'Allowed choices are text, json'],
    ['asks for the input of a start', ['start', 'order'], 'the input is missing'],
    ['says where JSON is broken', ['start', 'order', '-d', '{'], 'the input is not JSON'],
    [
      'names the file that is not there',
      ['start', 'order', '-i', '/nowhere.json'],
      '"/nowhere.json" cannot be read',
    ],
    ['names the folder that is not there', ['validate', '/nowhere'], 'no file or folder "/nowhere"'],
    ['suggests the filter of tasks that was meant', ['tasks', '--rolle', 'clerk'], 'Did you mean --role?'],
    ['asks for the answer to a task', ['answer', 'C-1'], "missing required argument 'answer'"],
    ['shows how a field is written', ['answer', 'C-1', 'ok', '-f', 'orderId'], 'has to be like orderId=O-7'],
    ['wants fields in an object', ['answer', 'C-1', 'ok', '--data', '[]'], 'has to be a JSON object'],
    ['does not guess the items', ['answer', 'C-1', 'ok', '--item', 'A', '--all'], 'not both'],
  ])('%s', async (_what, args, expected) => {
    const { code, err } = await skald(...args);

    expect(code).toBe(2);
    expect(err).toContain(expected);
  });

  it.each([
    [['show'], '(usage: skald show [options] <saga>)'],
    [['lanes', 'move', 'x'], '(usage: skald lanes move [options]'],
  ])('shows how the command is used: %j', async (args, expected) => {
    expect((await skald(...args)).err).toContain(expected);
  });

  it.each([
    ['migrate', 'DATABASE_URL is not set'],
    ['install', 'DATABASE_URL is not set'],
  ])('says which variable %s needs', async (command, expected) => {
    const { code, err } = await terminal([command]);

    expect([code, err]).toEqual([2, expect.stringContaining(expected)]);
  });

  it('says when the broker is missing', async () => {
    const { code, err } = await terminal(['install'], { DATABASE_URL: 'postgres://nowhere/none' });

    expect([code, err]).toEqual([2, expect.stringContaining('KAFKA_BROKERS is missing')]);
  });

  it('says when the address of the coordinator is none', async () => {
    const { code, err } = await terminal(['lanes'], { SKALD_URL: 'localhost:8080' });

    expect([code, err]).toEqual([2, expect.stringContaining('SKALD_URL is "localhost:8080"')]);
  });
});

describe('help', () => {
  it('lists every command and ends well', async () => {
    const { code, out } = await terminal(['--help']);

    expect(code).toBe(0);
    for (const name of [
      'install',
      'migrate',
      'validate',
      'publish',
      'start',
      'list',
      'show',
      'retry',
      'skip',
      'fix',
      'redrive',
      'cancel',
      'lanes',
      'tasks',
      'task',
      'answer',
      'claim',
      'unclaim',
      'toggles',
      'release',
      'why',
      'key',
      'thaw',
      'gates',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
  });
});

describe('the version', () => {
  it('is that of the package', async () => {
    expect(await terminal(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });
});

describe('a coordinator that does not help', () => {
  it('is reported as not there', async () => {
    const { code, err } = await terminal(['lanes'], { SKALD_URL: 'http://127.0.0.1:1' });

    expect([code, err]).toEqual([1, expect.stringContaining('no coordinator answers at http://127.0.0.1:1')]);
  });

  it('is reported as something else', async () => {
    coordinator.answer(() => ({ body: '<html>' }));

    expect(await skald('lanes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('does not answer like a coordinator'),
    });
  });

  it('is quoted with everything it found wrong', async () => {
    coordinator.answer(() => ({
      status: 422,
      body: { detail: 'the input is not valid', problems: ['/total: has to be integer'] },
    }));

    const { code, err } = await skald('start', 'order', '-d', '{}');

    expect(code).toBe(1);
    expect(err).toBe('skald: the input is not valid\n  /total: has to be integer');
  });
});

describe('the output format behind the name of a command', () => {
  const page = { groups: [], done: 0, refused: [], pending: 0 };

  it.each([
    [['list']],
    [['parked']],
    [['locks']],
    [['tasks']],
    [['tasks', 'outage']],
    [['toggles', 'list']],
    [['bulk', 'retry', '-d', 'order', '-r', 'it is back']],
  ])('is taken, and sent to nobody: %j', async (args) => {
    coordinator.answer(() => ({ body: page }));

    const { code, out } = await skald(...args, '-o', 'json');

    expect([code, typeof JSON.parse(out)]).toEqual([0, 'object']);
    expect(JSON.stringify(coordinator.arrived)).not.toContain('output');
  });
});
