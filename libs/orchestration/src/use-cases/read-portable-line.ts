import { isSagaId, type Json } from '#libs/messaging';
import type { MarkedDocument, MarkedFile } from '../transfer-store.js';
import { LineFields } from './line-fields.js';
import {
  portableFormat,
  type PortableCounts,
  type PortableLine,
  type PortableSaga,
} from './portable-line.js';
import { RequestError } from './request-error.js';

const kinds = ['skald-export', 'definition', 'file', 'saga', 'end'] as const;

/** Reads one line of an export. @throws RequestError that says what is wrong with it. */
export function readPortableLine(text: string): PortableLine {
  const fields = LineFields.of(parsed(text));
  const line = lineOf(fields);
  fields.assertNoOthers();
  return line;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new RequestError('INVALID_REQUEST', `it is not JSON: ${(error as Error).message}`);
  }
}

function lineOf(fields: LineFields): PortableLine {
  const kind = fields.oneOf('kind', kinds);
  switch (kind) {
    case 'skald-export':
      assertFormat(fields.count('format'));
      return { kind, installation: fields.text('installation'), at: fields.time('at') };
    case 'definition':
      return { kind, definition: definitionIn(fields) };
    case 'file':
      return { kind, file: fileIn(fields) };
    case 'saga':
      return { kind, saga: sagaIn(fields) };
    case 'end':
      return { kind, counts: countsIn(fields) };
  }
}

function assertFormat(format: number): void {
  if (format === portableFormat) return;
  const message = `the export has format ${format}, and this version reads format ${portableFormat}`;
  throw new RequestError('INVALID_REQUEST', message);
}

function definitionIn(fields: LineFields): MarkedDocument {
  const head = { kind: fields.text('of'), name: fields.text('name'), version: fields.count('version') };
  return { ...head, file: fields.text('file'), text: fields.text('text'), ...markIn(fields) };
}

function fileIn(fields: LineFields): MarkedFile {
  return { path: fields.text('path'), text: fields.text('text'), ...markIn(fields) };
}

function markIn(fields: LineFields) {
  return {
    revision: fields.count('revision'),
    publishedAt: fields.time('publishedAt'),
    publishedBy: fields.text('publishedBy'),
  };
}

function sagaIn(fields: LineFields): PortableSaga {
  const instance = instanceIn(fields);
  const saga = instance.id;
  return {
    instance,
    holdsKey: fields.flag('holdsKey'),
    history: read(fields.list('history'), (row) => ({
      saga,
      revision: row.count('revision'),
      at: row.time('at'),
      entries: row.jsonList('entries'),
    })),
    incidents: read(fields.list('incidents'), (row) => ({
      saga,
      id: row.text('id'),
      ...(row.has('block') ? { block: row.text('block') } : {}),
      code: row.text('code'),
      message: row.text('message'),
      openedAt: row.time('openedAt'),
      ...(row.has('closedAt') ? { closedAt: row.time('closedAt') } : {}),
    })),
    audits: read(fields.list('audits'), (row) => ({
      request: row.text('request'),
      saga,
      at: row.time('at'),
      action: row.text('action'),
      by: row.text('by'),
      ...(row.has('reason') ? { reason: row.text('reason') } : {}),
      result: row.oneOf('result', ['done', 'duplicate', 'refused']),
      detail: row.text('detail'),
    })),
  };
}

function instanceIn(fields: LineFields): PortableSaga['instance'] {
  const id = fields.text('id');
  if (!isSagaId(id)) throw new RequestError('INVALID_REQUEST', 'id is not the id of a saga');
  return {
    id,
    definition: fields.text('definition'),
    version: fields.count('version'),
    businessKey: fields.text('businessKey'),
    status: fields.oneOf('status', ['completed', 'compensated', 'cancelled']),
    revision: fields.count('revision'),
    startedAt: fields.time('startedAt'),
    finishedAt: fields.time('finishedAt'),
    ...(fields.has('wakeAt') ? { wakeAt: fields.time('wakeAt') } : {}),
    trace: fields.text('trace'),
    state: fields.json('state'),
    incident: false,
    held: false,
  };
}

function read<Row>(rows: readonly LineFields[], rowOf: (fields: LineFields) => Row): readonly Row[] {
  return rows.map((fields) => {
    const row = rowOf(fields);
    fields.assertNoOthers();
    return row;
  });
}

function countsIn(fields: LineFields): PortableCounts {
  return {
    definitions: fields.count('definitions'),
    files: fields.count('files'),
    sagas: fields.count('sagas'),
    leftOut: fields.count('leftOut'),
  };
}
