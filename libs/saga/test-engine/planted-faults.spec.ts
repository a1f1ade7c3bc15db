import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { transformSync } from '@swc/core';
import fc from 'fast-check';
import type { advance } from '../src/engine/advance.js';
import { anyProgram } from './random-program.js';
import { anyWorld } from './random-world.js';
import { brokenLaws, type LawName } from './saga-laws.js';
import { simulate } from './simulated-run.js';

/** A fault is a change of one line of the engine; the laws that may be broken by it say that it was found. */
interface Fault {
  readonly fault: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly laws: readonly LawName[];
}

const faults: readonly Fault[] = [
  {
    fault: 'undo runs in the order of sending',
    file: 'unwanted',
    find: 'unwanted.slice(index + 1)',
    replace: 'unwanted.slice(0, index)',
    laws: ['undo runs in reverse order'],
  },
  {
    fault: 'another saga that is under way is only told to stop',
    file: 'unwinding',
    find: "node.channel !== 'saga' || node.undo === undefined",
    replace: "node.channel !== 'none'",
    laws: ['nothing is left outside of what was undone'],
  },
  {
    fault: 'a lock is given back as soon as everything is to be undone',
    file: 'unwinding',
    find: ": put(moment, unwanted(moment, operation, 'revoked'));",
    replace:
      ": operation.output?.token !== undefined ? withdraw(put(moment, { ...operation, standing: 'undone' }), placeOf(moment, operation), operation, { reason: 'undo' }) : put(moment, unwanted(moment, operation, 'revoked'));",
    laws: ['what stands under a lock is undone under it'],
  },
  {
    fault: 'what is in doubt is forgotten instead of undone',
    file: 'unwinding',
    find: "put(moment, unwanted(moment, operation, 'suspect'))",
    replace: "settle(moment, operation, 'left', 'unknown')",
    laws: ['the ledger agrees with the outcome'],
  },
  {
    fault: 'nobody looks whether the pivot took effect',
    file: 'pivot',
    find: 'return commandOf(moment, operation)?.pivot === true && mayStand(operation);',
    replace: 'return false;',
    laws: ['nothing done before a pivot that took effect is undone', 'the ledger agrees with the outcome'],
  },
  {
    fault: 'silence makes a new attempt',
    file: 'exchange',
    find: "{ ...exchange, state: 'silent' }",
    replace: "{ ...exchange, state: 'silent', attempt: exchange.attempt + 1 }",
    laws: ['a new attempt follows a definite failure'],
  },
  {
    fault: 'a failure of an earlier attempt counts',
    file: 'hearing',
    find: 'exchange === undefined || exchange.attempt !== attempt',
    replace: 'exchange === undefined',
    laws: ['a new attempt follows a definite failure', 'an answer that comes again changes nothing'],
  },
  {
    fault: 'what is too old is tried again',
    file: 'hearing',
    find: "answer.error === 'too-old'",
    replace: "answer.error === 'never'",
    laws: ['a new attempt follows a definite failure'],
  },
  {
    fault: 'the saga ends while something is still to be undone',
    file: 'ending',
    find: 'operations.some(isUnwanted)',
    replace: 'false',
    laws: ['a final saga has settled every operation'],
  },
  {
    fault: 'a late success of what was abandoned is ignored',
    file: 'adopting',
    find: 'return disown(moment, withOutput(moment, operation, output));',
    replace: "return settle(moment, operation, 'undone', 'succeeded');",
    laws: ['the ledger agrees with the outcome'],
  },
  {
    fault: 'a join decides as soon as one leg has ended',
    file: 'joining',
    find: 'openLegs(place, frame) === 0',
    replace: 'openLegs(place, frame) >= 0',
    laws: ['a join waits for every leg'],
  },
  {
    fault: 'a join goes on with one too few',
    file: 'joining',
    find: 'if (count - lost < needed)',
    replace: 'if (count - lost + 1 < needed)',
    laws: ['a join waits for every leg'],
  },
  {
    fault: 'what legs did that the flow goes on without is kept',
    file: 'stopping-legs',
    find: "done === 'keep'",
    replace: 'names.size > 0',
    laws: ['what a join goes on without is undone'],
  },
  {
    fault: 'a join with nothing to begin again waits for ever',
    file: 'beginning-again',
    find: 'if (waiting.length === 0 && done.size === 0) return enter(forget(moment, place), place);',
    replace: 'if (waiting.length === 0 && done.size === 0) return beginLegs(moment, place);',
    laws: ['a saga comes to an end or to an incident', 'nothing waits without a clock'],
  },
  {
    fault: 'in doubt, a step entered again is another operation',
    file: 'ask',
    find: "last?.standing === 'asked'",
    replace: "last?.standing === 'left'",
    laws: ['a new round follows a settled one'],
  },
  {
    fault: 'an old "not done" counts after the command was sent again',
    file: 'verifying',
    find: "verify.state === 'over' || answer.attempt !== verify.attempt",
    replace: 'answer.attempt < 0',
    laws: [
      'a new attempt follows a definite failure',
      'the ledger agrees with the outcome',
      'an answer that comes again changes nothing',
    ],
  },
  {
    fault: 'an answer counts without the event that has to confirm it',
    file: 'adopting',
    find: "operation.confirm !== undefined && operation.confirm !== 'proved'",
    replace: "operation.confirm === 'missed'",
    laws: ['nobody is believed without proof'],
  },
  {
    fault: 'an old answer counts as a new one',
    file: 'aging',
    find: 'moment.now - time.value > withinMs',
    replace: 'moment.now < withinMs',
    laws: ['nobody is believed without proof'],
  },
  {
    fault: 'the data of an undo is made anew for every sending',
    file: 'undoing',
    find: "if (state === 'ready' || state === 'silent') return send(moment, operation, 'undo');",
    replace:
      "if (state === 'ready' || state === 'silent') return sayUndo(moment, { ...operation, undo: undefined });",
    laws: ['one id is one message'],
  },
  {
    fault: 'no clock of a block is ever armed',
    file: 'timers',
    find: 'timers: [...others, { no, at, ...wakes }]',
    replace: "timers: 'frame' in wakes ? others : [...others, { no, at, ...wakes }]",
    laws: ['nothing waits without a clock', 'a saga comes to an end or to an incident'],
  },
  {
    fault: 'a savepoint undoes the whole saga',
    file: 'unwinding',
    find: 'revokeWhere(abandon(moment, outer), (place) => isWithin(place, outer))',
    replace: 'revokeWhere(abandon(moment, outer), () => true)',
    laws: ['an undo stays inside its scope'],
  },
  {
    fault: 'an uncaught error ends the saga without undoing it',
    file: 'ending',
    find: 'disarm(unwind(moment, root)',
    replace: 'disarm(abandon(moment, root)',
    laws: ['the ledger agrees with the outcome'],
  },
];

const engine = join(dirname(fileURLToPath(import.meta.url)), '../src/engine');
const scratch = mkdtempSync(join(tmpdir(), 'engine-'));

describe('the laws of a saga', () => {
  afterAll(() => rmSync(scratch, { recursive: true }));

  it.each(faults)(
    'find: $fault',
    async ({ file, find, replace, laws }) => {
      const faulty = await engineWith(file, find, replace);
      const found = firstBroken(faulty, laws);

      expect(laws).toContain(found);
    },
    120_000,
  );
});

/** Runs random sagas until one of the laws is broken, and says which. An engine that breaks down altogether is found, too. */
function firstBroken(faulty: typeof advance, laws: readonly LawName[]): LawName | undefined {
  for (let seed = 1; seed <= 30; seed += 1) {
    const programs = fc.sample(anyProgram, { numRuns: 100, seed });
    const worlds = fc.sample(anyWorld, { numRuns: 100, seed: -seed });
    for (const [index, program] of programs.entries()) {
      const broken = brokenBy(() => brokenLaws(simulate(program, worlds[index]!, faulty)));
      const found = laws.find((law) => broken.some((how) => how.startsWith(law)));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A fault may also make the engine stumble over a state that cannot be; other runs show the broken law. */
function brokenBy(run: () => readonly string[]): readonly string[] {
  try {
    return run();
  } catch {
    return [];
  }
}

/** The engine, compiled with one line changed. */
async function engineWith(file: string, find: string, replace: string): Promise<typeof advance> {
  const folder = mkdtempSync(join(scratch, `${file}-`));
  for (const name of readdirSync(engine).filter(
    (each) => each.endsWith('.ts') && !each.endsWith('.spec.ts'),
  )) {
    const source = readFileSync(join(engine, name), 'utf8');
    const isFaulty = name === `${file}.ts`;
    if (isFaulty && source.split(find).length !== 2)
      throw new Error(`${name} does not say exactly once: ${find}`);
    writeFileSync(
      join(folder, name.replace(/ts$/, 'mjs')),
      compiled(isFaulty ? source.replace(find, () => replace) : source),
    );
  }
  const module = (await import(join(folder, 'advance.mjs'))) as { readonly advance: typeof advance };
  return module.advance;
}

/** What the engine shares with the rest of the library is the real one, so that both mean the same errors. */
function compiled(source: string): string {
  const { code } = transformSync(source, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  return code
    .replaceAll(
      /from '\.\.\/([^']+)\.js'|from "\.\.\/([^"]+)\.js"/g,
      (_, single: string, double: string) => `from '${join(engine, '..', single ?? double)}.ts'`,
    )
    .replaceAll(
      /from "\.\/([^"]+)\.js"|from '\.\/([^']+)\.js'/g,
      (_, double: string, single: string) => `from './${double ?? single}.mjs'`,
    );
}
