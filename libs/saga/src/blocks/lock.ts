import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { checkOpenlySeen } from '../compiler/clearance.js';
import { settingsOf } from '../compiler/inheritance.js';
import { at } from '../document/cursor.js';
import { durationMs } from '../expression/duration.js';
import { NUMBER, type RecordType } from '../expression/static-type.js';
import { CONFLICT, LEASE, RESOURCE } from '../shape/lock-shapes.js';
import { camelCase, FLAG } from '../shape/scalar-shapes.js';
import { noBodies, type Block, type BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

/** Takes a lock and keeps it to the end of the saga, or until what stands behind it is undone. */
export const lock: Block = {
  head: 'lock',
  doc: 'Takes a lock, held to the end of the saga or until undo passes it.',
  example: "{ lock: slot, resource: 'delivery-slot/${ input.slot }', lease: 10m }",
  name: camelCase('the name of a block'),
  isNamed: true,
  fields: {
    resource: {
      shape: RESOURCE,
      doc: 'What is locked, such as `delivery-slot/${ input.slot }`.',
      required: 'say what is locked, such as `resource: delivery-slot/${ input.slot }`.',
    },
    lease: { shape: LEASE, doc: 'How long nobody but a `takeOver` takes it away. Default 1h.' },
    conflict: {
      shape: CONFLICT,
      doc: 'What to do when somebody else holds it: wait (default), refuse, takeOver.',
    },
    tellsStatus: {
      shape: FLAG,
      doc: 'Whoever is refused the lock, or waits for it, is told where its holder stands: the `status` of the blocks it stands at. Default false.',
    },
  },
  bodies: noBodies,
  check: (block, { log }) => {
    const lost = at(block, 'catch') && at(at(block, 'catch')!, 'lock-lost');
    if (lost !== undefined)
      log.errorAtKey(
        lost,
        'A lock is lost while the blocks behind it run. Catch `lock-lost` at a group around them, or at the saga.',
      );
  },
  compile: compileLock,
};

const OUTPUT: RecordType = { kind: 'record', open: false, title: 'a lock', fields: { token: NUMBER } };
const HOUR = 3_600_000;

function compileLock({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const setting = (key: string) => settingsOf(key, 'lock', cursor, undefined, compiler.inheritance)[0];
  const lease = setting('lease');
  const conflict = setting('conflict');
  const resource = at(cursor, 'resource')!;
  const { type, evaluate } = compiler.template(resource, compiler.placeAt(flow));
  checkOpenlySeen(resource, type, 'what is locked', compiler.log);
  const raised = { kind: 'engine' as const, pivot: flow.pivot, block: name, cursor };
  const isUndone = flow.pivot !== 'behind';
  return {
    node: {
      kind: 'ask',
      channel: 'lock',
      id,
      block: name,
      resource: evaluate,
      leaseMs: (lease && durationMs(String(lease.value))) ?? HOUR,
      conflict: (conflict?.value as 'wait' | 'refuse' | 'takeOver' | undefined) ?? 'wait',
      ...(at(cursor, 'tellsStatus')?.value === true && { tellsStatus: true as const }),
      ...(isUndone && { undo: { release: 'lock' } as const }),
    },
    after: withName(flow, name, OUTPUT),
    raises: ['invalid', 'locked', ...(isUndone ? ['lock-lost'] : [])].map((error) => ({ ...raised, error })),
    // A lock that is kept or given back does nothing that would have to be decided.
    isUndoable: false,
  };
}
