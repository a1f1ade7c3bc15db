import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { run } from './running-saga.js';

const NOTIFY = `fragment: notify
version: 2
params: { to: string, text: string }
steps:
  - step: tellCustomer
    call: mail.send
    with: { to: '\${ params.to }', text: '\${ params.text }' }
    compensate: { none: a mail stays sent }
    catch: { rejected: { output: { mailId: none } } }
  - set: seen
    value: \${ steps.tellCustomer.output }
output: { mail: '\${ steps.seen.output.mailId }' }
---
participant: mail
commands: { send: { rejects: [no-address], output: { type: object, properties: { mailId: { type: string } } } } }
`;

const TWICE = `saga: returned
version: 1
key: input.id
steps:
  - include: tellFirst
    fragment: notify
    with: { to: '\${ input.email }', text: hello }
  - include: tellAgain
    fragment: notify
    with: { to: '\${ input.email }', text: 'again, after \${ steps.tellFirst.output.mail }' }
  - emit: told
    event: shop.customer.told
    with: { mails: '\${ [steps.tellFirst.output.mail, steps.tellAgain.output.mail] }' }
`;

const OUTER = `fragment: outer
version: 1
params: { mail: string }
steps:
  - include: inner
    fragment: notify
    with: { to: '\${ params.mail }', text: from inside }
output: \${ steps.inner.output.mail }
`;

function programOf(...texts: readonly string[]) {
  const { programs, problems } = compileDefinitions(
    texts.map((text, index) => ({ file: `${index}.yaml`, text })),
  );
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

const HOLD = `fragment: hold
version: 1
steps:
  - step: take
    call: stock.take
    with: { count: 1 }
    listen: [{ event: shop.counted, do: [{ step: note, call: stock.note, with: { count: 1 }, compensate: { none: it is a note } }] }]
    compensate: { do: [{ step: putBack, call: stock.put-back, with: { count: 1 } }] }
`;

const HELD_TWICE = `saga: held
version: 1
key: input.id
steps:
  - { include: first, fragment: hold }
  - { include: second, fragment: hold }
`;

describe('blocks of a fragment that undo or listen', () => {
  it('have names of their own wherever they are included', () => {
    const text = JSON.stringify(programOf(HELD_TWICE, HOLD));

    const blocks = [...text.matchAll(/"block":"([^"]*)"/g)].map(([, block]) => block!);

    expect(blocks.filter((block) => /putBack|note/.test(block)).sort()).toEqual([
      'first.note',
      'first.putBack',
      'second.note',
      'second.putBack',
    ]);
  });
});

describe('a saga that includes a fragment twice', () => {
  const answers = {
    'mail.send': [
      { outcome: 'succeeded', data: { mailId: 'm1' } },
      { outcome: 'rejected', error: 'no-address' },
    ],
  } as const;
  const { sent, steps, opened } = run(
    programOf(NOTIFY, TWICE),
    { id: 'r1', email: 'a@example.org' },
    answers,
  );

  it('sends what the fragment was given each time', () => {
    expect(opened.map(({ data }) => data)).toEqual([
      { to: 'a@example.org', text: 'hello' },
      { to: 'a@example.org', text: 'again, after m1' },
    ]);
  });

  it('gives its blocks names of their own', () => {
    expect(opened.map(({ operation }) => operation)).toEqual([
      'tellFirst.tellCustomer/1/do',
      'tellAgain.tellCustomer/1/do',
    ]);
  });

  it('sees the output of each', () => {
    expect([sent.length, steps['tellFirst']!.output, steps['tellAgain']!.output]).toEqual([
      2,
      { mail: 'm1' },
      { mail: 'none' },
    ]);
  });
});

describe('a fragment', () => {
  it('may include another', () => {
    const saga = `saga: s
version: 1
key: input.id
steps: [{ include: tell, fragment: outer, with: { mail: '\${ input.email }' } }]
`;
    const { opened } = run(programOf(NOTIFY, OUTER, saga), { id: 'r1', email: 'b@example.org' });

    expect(opened.map(({ operation, data }) => [operation, data])).toEqual([
      ['tell.inner.tellCustomer/1/do', { to: 'b@example.org', text: 'from inside' }],
    ]);
  });

  it('is undone with its saga', () => {
    const fragment = `fragment: reserve
version: 1
params: { sku: string }
steps: [{ step: hold, call: stock.hold, with: { sku: '\${ params.sku }' }, compensate: stock.free }]
`;
    const saga = `saga: s
version: 1
key: input.id
steps:
  - { include: one, fragment: reserve, with: { sku: '\${ input.sku }' } }
  - { raise: changed-our-mind }
`;

    expect(run(programOf(fragment, saga), { id: 'r1', sku: 'x' }).sent).toEqual(['stock.hold', 'stock.free']);
  });

  it('refuses what does not fit its params', () => {
    const saga = `saga: s
version: 1
key: input.id
steps:
  - include: tell
    fragment: notify
    with: { to: '\${ input.email }', text: hello }
    catch: { invalid: { output: { mail: nobody } } }
`;
    const { steps } = run(programOf(NOTIFY, saga), { id: 'r1', email: 7 });

    expect(steps['tell']!.output).toEqual({ mail: 'nobody' });
  });

  it('is included in the newest version unless another is said', () => {
    const older = NOTIFY.split('---')[0]!
      .replace('version: 2', 'version: 1')
      .replaceAll('mail.send', 'post.send');
    const saga = (version: string) =>
      `saga: s\nversion: 1\nkey: input.id\nsteps: [{ include: tell, fragment: notify${version}, with: { to: a, text: b } }]\n`;

    expect([
      programOf(older, NOTIFY, saga('')).calls,
      programOf(older, NOTIFY, saga(', version: 1')).calls,
    ]).toEqual([['mail.send'], ['post.send']]);
  });
});
