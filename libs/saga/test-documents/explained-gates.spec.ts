import { describe, expect, it } from '@jest/globals';
import { parseDocuments } from '../src/document/parse-documents.js';
import { explainSaga } from '../src/explained/explain-saga.js';

const text = `saga: pick
version: 1
key: input.sku
requires: { depot: { fact: wms.depot, key: input.sku } }
triggers:
  - { event: wms.counted, requires: { wave: { fact: wms.wave, key: data.id, fresh: 15m } } }
steps:
  - step: take
    call: wms.take
    pivot: true
    requires: { stock: { fact: wms.stock, key: input.sku, fresh: 1h, wait: 2m, holds: facts.stock.value.count > 0 } }
`;

describe('a saga that requires facts, read out', () => {
  it('says what has to be known before it, a start of it or a block begins', () => {
    const { documents } = parseDocuments(text, 'pick.yaml');

    expect(explainSaga(documents[0]!, documents).slice(2)).toEqual([
      'It starts on the event wms.counted.',
      '   Gate wave: it begins only where wms.wave of data.id is known, at most 15m old; otherwise: stale.',
      'Gate depot: it begins only where wms.depot of input.sku is known; otherwise: stale.',
      '',
      '1. take: asks wms to take. From here it only goes forward.',
      '   Gate stock: it begins only where wms.stock of input.sku is known, at most 1h old, and facts.stock.value.count > 0 holds; after 2m without that: stale.',
    ]);
  });
});
