import {
  isDeskId,
  isSagaId,
  MalformedRecordError,
  readHomeRecord,
  type HomeRecord,
  type InboundRecord,
  type Keyring,
  type SagaId,
} from '#libs/messaging';
import { assertValueFits } from './value-size.js';

/**
 * Reads a record of a home partition that may have any size and go to anybody.
 *
 * @throws MalformedRecordError when it is for nobody, too large, or cannot be read.
 */
export function readAddressed(keyring: Keyring, record: InboundRecord, maxValueBytes: number): HomeRecord {
  if (record.key === null) {
    throw new MalformedRecordError('missing-key', 'a record of a home topic needs the saga id as its key');
  }
  assertValueFits(record, maxValueBytes);
  const content = readHomeRecord(keyring, record);
  if (isAddressed(content)) return content;
  throw new MalformedRecordError(
    'malformed-header',
    `the saga id is not one that records of kind ${content.kind} go to`,
  );
}

/** The saga or desk that the key of a record names, if it names one. */
export function keyAsId(record: InboundRecord): SagaId | undefined {
  const key = record.key?.toString('utf8');
  return key !== undefined && (isSagaId(key) || isDeskId(key)) ? key : undefined;
}

const kindsForDesks: ReadonlySet<HomeRecord['kind']> = new Set([
  'desk',
  'due',
  'action',
  'trigger',
  'not-sent',
]);

/** Sagas have ids of version 7, desks of version 8; to be woken, acted on and refused by the broker is common to both. */
function isAddressed({ kind, saga }: HomeRecord): boolean {
  return (kind !== 'desk' && isSagaId(saga)) || (kindsForDesks.has(kind) && isDeskId(saga));
}
