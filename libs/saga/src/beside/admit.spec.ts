import { describe, expect, it } from '@jest/globals';
import type {
  AdmissionEffect,
  AdmissionInput,
  AdmissionRules,
  AdmissionState,
  Candidate,
} from './admission.js';
import { admit } from './admit.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The admission of one key, told what comes and asked what came of it. */
class Key {
  state: AdmissionState | undefined;
  now = 1_000_000;
  wakeAt: number | undefined;
  expiresAt: number | undefined;
  private readonly done: AdmissionEffect[] = [];

  constructor(private readonly rules: AdmissionRules) {}

  give(input: AdmissionInput): this {
    const turn = admit(this.state, input, this.now);
    this.state = JSON.parse(JSON.stringify(turn.state)) as AdmissionState;
    this.wakeAt = turn.wakeAt;
    this.expiresAt = turn.expiresAt;
    this.done.push(...turn.effects);
    return this;
  }

  event(id: string, more: Partial<Extract<AdmissionInput, { kind: 'candidate' }>> = {}): this {
    return this.give({ kind: 'candidate', candidate: candidate(id), rules: this.rules, ...more });
  }

  end(saga: string, decided?: string): this {
    return this.give({ kind: 'ended', saga, ...(decided === undefined ? {} : { decided }) });
  }

  pass(ms: number): this {
    const until = this.now + ms;
    while (this.wakeAt !== undefined && this.wakeAt <= until) {
      this.now = Math.max(this.now, this.wakeAt);
      this.give({ kind: 'due' });
    }
    this.now = until;
    return this;
  }

  /** What came of it, in short. */
  get told(): readonly string[] {
    return this.done.map((effect) => {
      switch (effect.kind) {
        case 'start':
          return `start ${effect.candidate.saga}`;
        case 'cancel':
          return `cancel ${effect.saga}`;
        case 'refused':
          return `${effect.candidate.saga} ${effect.reason}`;
        case 'frozen':
          return `frozen ${effect.values.join('-')}`;
        case 'thawed':
          return 'thawed';
      }
    });
  }
}

function candidate(saga: string): Candidate {
  return { saga, trigger: 'stock.changed', start: { saga } };
}

describe('events of a key within a window', () => {
  it('start once, with the last one', () => {
    const key = new Key({ conflict: 'ignore' });
    for (let count = 1; count <= 50; count += 1) key.event(`e${count}`, { coalesceMs: second });

    key.pass(second);

    expect(key.told.filter((line) => line.endsWith('coalesced'))).toHaveLength(49);
    expect(key.told.at(-1)).toBe('start e50');
  });

  it('begin a new window behind it', () => {
    const key = new Key({ conflict: 'ignore' }).event('a', { coalesceMs: second }).pass(second);

    key.event('b', { coalesceMs: second }).pass(second);

    expect(key.told).toEqual(['start a', 'start b']);
  });

  it('take the place of the one that waits for the running saga', () => {
    const key = new Key({ conflict: 'queue' }).event('a', { coalesceMs: second }).pass(second);

    key
      .event('b', { coalesceMs: second })
      .pass(second)
      .event('c', { coalesceMs: second })
      .pass(second)
      .end('a');

    expect(key.told).toEqual(['start a', 'b coalesced', 'start c']);
  });
});

describe('a level', () => {
  it('starts once for each time it falls below', () => {
    const key = new Key({ conflict: 'ignore' });

    for (const [index, value] of [12, 9, 8, 7, 12, 9].entries())
      key.event(`e${index}`, { level: { value, below: 10 } });

    expect(key.told).toEqual([
      'e0 above-threshold',
      'start e1',
      'e2 below-threshold',
      'e3 below-threshold',
      'e4 above-threshold',
      'start e5',
    ]);
  });

  it('is remembered as long as it is low', () => {
    const key = new Key({ conflict: 'ignore' }).event('a', { level: { value: 1, below: 10 } });

    expect(key.expiresAt).toBeUndefined();
    expect(key.event('b', { level: { value: 11, below: 10 } }).expiresAt).toBe(key.now + 168 * hour);
  });
});

describe('an event that an own command has caused', () => {
  it('is an echo', () => {
    const key = new Key({ conflict: 'ignore' }).event('a').event('b', { cause: 'a' });

    expect(key.told).toEqual(['start a', 'b echo']);
  });

  it('counts when something has changed', () => {
    const key = new Key({ conflict: 'ignore' }).event('a').event('b', { cause: 'a', isMaterial: true });

    expect(key.told).toEqual(['start a', 'start b']);
  });

  it('counts when another saga has caused it', () => {
    expect(new Key({ conflict: 'ignore' }).event('b', { cause: 'somebody' }).told).toEqual(['start b']);
  });
});

describe('an event that comes again', () => {
  it('is the same event', () => {
    const key = new Key({ conflict: 'queue' }).event('a').event('b').event('a').event('b');

    expect([key.told, key.state?.queue]).toEqual([['start a'], [candidate('b')]]);
  });
});

describe('a queue', () => {
  it('starts the next when the running one has ended', () => {
    const key = new Key({ conflict: 'queue' }).event('a').event('b').event('c');

    expect(key.end('a').told).toEqual(['start a', 'start b']);
    expect(key.end('b').end('c').told).toEqual(['start a', 'start b', 'start c']);
  });

  it('is not moved by the end of somebody else', () => {
    expect(new Key({ conflict: 'queue' }).event('a').event('b').end('x').end('x').told).toEqual(['start a']);
  });

  it('holds a hundred', () => {
    const key = new Key({ conflict: 'queue' });
    for (let count = 0; count < 102; count += 1) key.event(`e${count}`);

    expect(key.told).toEqual(['start e0', 'e101 queue-full']);
  });

  it('goes on when a start came to nothing', () => {
    const key = new Key({ conflict: 'queue' }).event('a').event('b');

    expect(key.give({ kind: 'not-started', saga: 'a' }).told).toEqual(['start a', 'start b']);
  });

  it('waits for a stranger that has the key, and tries again', () => {
    const key = new Key({ conflict: 'queue' })
      .event('a')
      .give({ kind: 'not-started', saga: 'a', winner: 'x' });

    expect(key.pass(minute).told).toEqual(['start a', 'start a']);
    expect(key.give({ kind: 'not-started', saga: 'a', winner: 'x' }).end('x').told.at(-1)).toBe('start a');
  });

  it('asks again when the end of the running one was never told', () => {
    const key = new Key({ conflict: 'queue' }).event('a').event('b').pass(minute);

    expect(key.told).toEqual(['start a', 'start a']);
    expect(key.end('a').told.at(-1)).toBe('start b');
  });
});

describe('a key whose old saga is cancelled', () => {
  it('starts the new one when the old one is undone', () => {
    const key = new Key({ conflict: 'cancelOld' }).event('a').event('b');

    expect(key.told).toEqual(['start a', 'cancel a']);
    expect(key.end('a').told.at(-1)).toBe('start b');
  });

  it('keeps only the latest one waiting', () => {
    const key = new Key({ conflict: 'cancelOld' }).event('a').event('b').event('c');

    expect(key.end('a').told).toEqual(['start a', 'cancel a', 'b superseded', 'start c']);
  });
});

describe('a key that goes back and forth', () => {
  const rules: AdmissionRules = { conflict: 'queue', flips: { max: 3, withinMs: 2 * hour } };

  function decide(key: Key, values: string): Key {
    for (const [index, value] of [...values].entries()) {
      key.event(`s${index}`);
      key.pass(10 * minute).end(`s${index}`, value);
    }
    return key;
  }

  it('is frozen at the third change, and says so once', () => {
    const key = decide(new Key(rules), 'ABABAB');

    expect(key.told).toEqual([
      'start s0',
      'start s1',
      'start s2',
      'start s3',
      'frozen A-B-A-B',
      's4 frozen',
      's5 frozen',
    ]);
  });

  it('is noticed on a longer way round', () => {
    expect(decide(new Key(rules), 'ABCAB').told.at(-1)).toBe('frozen A-B-C-A-B');
  });

  it('may go on to something new each time', () => {
    expect(decide(new Key(rules), 'ABCDEFG').told.at(-1)).toBe('start s6');
  });

  it('may take its time', () => {
    const key = new Key(rules);
    for (const [index, value] of [...'ABABAB'].entries())
      key.event(`s${index}`).pass(hour).end(`s${index}`, value);

    expect(key.told.at(-1)).toBe('start s5');
  });

  it('turns away those that wait', () => {
    const key = decide(new Key(rules), 'ABA').event('s3').event('s4').end('s3', 'B');

    expect(key.told.slice(-2)).toEqual(['frozen A-B-A-B', 's4 frozen']);
  });

  it('begins anew when a person lets it go', () => {
    const key = decide(new Key(rules), 'ABAB').give({ kind: 'thaw' }).give({ kind: 'thaw' }).event('x');

    expect(key.told.slice(-2)).toEqual(['thawed', 'start x']);
  });
});
