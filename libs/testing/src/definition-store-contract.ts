import { expect } from '@jest/globals';
import type { PublishedDocument } from '#libs/orchestration';
import { defineContract } from './contract.js';
import type { StoreSet } from './store-set.js';

const schema = { path: 'schemas/order.json', text: '{"type":"object"}' };

/** What every DefinitionStore promises. */
export const definitionStoreContract = defineContract<StoreSet>('DefinitionStore', [
  {
    name: 'begins empty',
    run: async ({ definitions }) => {
      expect(await definitions.load()).toEqual({ revision: 0, documents: [], files: [] });
    },
  },
  {
    name: 'gives back what was published, as written',
    run: async ({ definitions }) => {
      const order = saga('order', 1, 'saga: order\r\n# größer\n');
      const revision = await definitions.publish([order], [schema], 'ann');

      expect(await definitions.load()).toEqual({ revision, documents: [stored(order)], files: [schema] });
      expect(await definitions.revision()).toBe(revision);
    },
  },
  {
    name: 'changes nothing when the same is published again',
    run: async ({ definitions }) => {
      const revision = await definitions.publish([saga('order', 1)], [schema], 'ann');

      expect(await definitions.publish([saga('order', 1)], [schema], 'ben')).toBe(revision);
      expect(await definitions.revision()).toBe(revision);
    },
  },
  {
    name: 'changes its revision with every publication',
    run: async ({ definitions }) => {
      const first = await definitions.publish([saga('order', 1)], [], 'ann');
      const second = await definitions.publish([saga('order', 2)], [], 'ann');
      const third = await definitions.publish([], [schema], 'ann');

      expect(new Set([0, first, second, third]).size).toBe(4);
    },
  },
  {
    name: 'refuses another text under a published version, and all that came with it',
    run: async ({ definitions }) => {
      const revision = await definitions.publish([saga('order', 1)], [], 'ann');
      const mixed = [saga('return', 1), saga('order', 1, 'another text')];

      await expect(definitions.publish(mixed, [schema], 'ben')).rejects.toMatchObject({
        code: 'DEFINITION_CONFLICT',
      });
      expect(await definitions.load()).toEqual({
        revision,
        documents: [stored(saga('order', 1))],
        files: [],
      });
    },
  },
  {
    name: 'takes the newest text of what has no version, and keeps those before it',
    run: async ({ definitions }) => {
      const contract = { ...saga('inventory', 0), kind: 'participant' };
      const newer = { ...contract, text: 'newer' };
      for (const text of [contract, newer, newer, contract]) await definitions.publish([text], [], 'ann');

      const { documents, former } = await definitions.load();
      expect(documents).toEqual([stored(contract)]);
      expect(former).toEqual([stored(contract), stored(newer)]);
    },
  },
  {
    name: 'keeps with a version how the one before had gone, as it was when it was published',
    run: async ({ definitions }) => {
      const figures = {
        completed: 7,
        compensated: 2,
        cancelled: 1,
        withIncident: 3,
        p50Ms: 900,
        p95Ms: 4_000,
      };
      const means = { sagas: 10, commands: 3.2, retries: 0.1, undos: 0.2, humanSeconds: 61.5 };
      const before = { version: 1, from: 1_000, until: 2_000, figures, means };
      const baseline = { definition: 'order', version: 2, before };
      const contract = { ...saga('order', 0), kind: 'participant' };
      await definitions.publish([saga('order', 1), contract], [], 'ann');
      await definitions.publish([saga('order', 2)], [], 'ann', [baseline]);
      const later = { ...baseline, before: { ...before, until: 3_000 } };
      await definitions.publish([saga('order', 2), saga('other', 1)], [], 'ben', [later]);

      expect({ ...(await definitions.baseline('order', 2)) }).toEqual(baseline);
      expect(await definitions.baseline('order', 1)).toBeUndefined();
    },
  },
  {
    name: 'refuses another text of a published file',
    run: async ({ definitions }) => {
      await definitions.publish([], [schema], 'ann');

      await expect(definitions.publish([], [{ ...schema, text: 'true' }], 'ben')).rejects.toMatchObject({
        code: 'DEFINITION_CONFLICT',
      });
    },
  },
  {
    name: 'gives back toggles as they were last switched',
    run: async ({ definitions, operators }) => {
      const off = { definition: 'order', toggle: 'agent', on: false, at: 5, by: 'ann', reason: 'it errs' };
      const revision = await definitions.publish([saga('order', 1)], [], 'ann');
      await definitions.switchToggle({ ...off, on: true }, 'r-1');
      await definitions.switchToggle(off, 'r-2');
      await definitions.switchToggle({ ...off, on: true }, 'r-2');

      const loaded = await definitions.load();
      expect(loaded.toggles).toEqual([off]);
      expect(loaded.revision).toBe(await definitions.revision());
      expect(loaded.revision).not.toBe(revision);
      expect(await operators.audit('r-2')).toMatchObject({
        action: 'switch-toggle',
        by: 'ann',
        reason: 'it errs',
        detail: 'order agent off',
      });
    },
  },
  {
    name: 'gives back what was paused last, resumed or not, until that is over',
    run: async ({ definitions, operators }) => {
      const pause = {
        kind: 'participant',
        name: 'inventory',
        at: 5,
        by: 'ann',
        reason: 'stock take',
      } as const;
      const resumed = { ...pause, resumed: { at: 10, by: 'ben', reason: 'done', drainMs: 20 } };
      const order = { ...pause, kind: 'definition', name: 'order', at: 31 } as const;
      await definitions.setPause(pause, 'r-1');
      const first = await definitions.load();
      await definitions.setPause(resumed, 'r-2');
      await definitions.setPause(pause, 'r-2');
      const second = await definitions.load();
      await definitions.setPause(order, 'r-3');
      const third = await definitions.load();

      expect([first, second, third].map(({ pauses }) => pauses)).toEqual([[pause], [resumed], [order]]);
      expect(new Set([first, second, third].map(({ revision }) => revision)).size).toBe(3);
      expect(third.revision).toBe(await definitions.revision());
      expect(await operators.audit('r-1')).toMatchObject({
        action: 'pause',
        by: 'ann',
        reason: 'stock take',
      });
      expect(await operators.audit('r-2')).toMatchObject({ action: 'resume', by: 'ben', reason: 'done' });
    },
  },
  {
    name: 'gives two publishers at once the same outcome as one after the other',
    run: async ({ definitions }) => {
      const attempts = ['one', 'other'].map((text) =>
        definitions.publish([saga('order', 1, text)], [], text),
      );
      const outcomes = await Promise.allSettled(attempts);

      expect(outcomes.map((outcome) => outcome.status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect((await definitions.load()).documents).toHaveLength(1);
    },
  },
]);

function saga(name: string, version: number, text = `saga: ${name}`): PublishedDocument {
  return { kind: 'saga', name, version, file: `${name}.saga.yaml`, text };
}

/** The document with the time of its publication, whatever that was. */
function stored(document: PublishedDocument): unknown {
  return { ...document, publishedAt: expect.any(Number) };
}
