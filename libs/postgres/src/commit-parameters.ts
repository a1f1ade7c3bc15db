import type { LaneCommit } from '#libs/orchestration';
import { asideOf } from './aside.js';
import {
  boolArray,
  byteaArray,
  instantArray,
  int4Array,
  int8Array,
  textArray,
  uuidArray,
} from './binary-array.js';

/** The call of the commit function; its parameters are {@link commitParameters}. */
export const commitCall = {
  name: 'skald_commit_1',
  text: `select * from skald_commit_1(${Array.from({ length: 41 }, (_, index) => `$${index + 1}`).join(', ')})`,
} as const;

/** The parameters of the commit function, in its order. */
export function commitParameters(commits: readonly LaneCommit[]): (Buffer | string | null)[] {
  return [
    ...laneParameters(commits),
    ...acknowledgedParameters(commits),
    ...insertParameters(commits.flatMap((commit) => commit.inserts)),
    ...updateParameters(commits.flatMap((commit) => commit.updates)),
    ...historyParameters(commits.flatMap((commit) => commit.history)),
    asideOf(commits),
  ];
}

function laneParameters(commits: readonly LaneCommit[]): Buffer[] {
  return [
    textArray(commits.map((commit) => commit.lane.topic)),
    int4Array(commits.map((commit) => commit.lane.part)),
    int8Array(commits.map((commit) => commit.lane.epoch)),
    int8Array(commits.map((commit) => commit.lane.seq)),
    int8Array(commits.map((commit) => commit.nextOffset)),
    int8Array(commits.map((commit) => commit.anchor?.offset)),
    instantArray(commits.map((commit) => commit.anchor?.timestamp)),
    int8Array(commits.map((commit) => commit.anchor?.checksum)),
    boolArray(commits.map((commit) => commit.attempting === true)),
    textArray(commits.map((commit) => commit.outbox)),
  ];
}

function acknowledgedParameters(commits: readonly LaneCommit[]): Buffer[] {
  return [
    int4Array(commits.flatMap((commit, index) => commit.acknowledged.map(() => index + 1))),
    int8Array(commits.flatMap((commit) => commit.acknowledged)),
  ];
}

function insertParameters(rows: LaneCommit['inserts']): Buffer[] {
  return [
    uuidArray(rows.map((row) => row.id)),
    textArray(rows.map((row) => row.definition)),
    int4Array(rows.map((row) => row.version)),
    textArray(rows.map((row) => row.businessKey)),
    byteaArray(rows.map((row) => row.keyHash)),
    boolArray(rows.map((row) => row.reusableKey)),
    int4Array(rows.map((row) => row.home)),
    textArray(rows.map((row) => row.trace)),
    instantArray(rows.map((row) => row.startedAt)),
    int4Array(rows.map((row) => row.revision)),
    textArray(rows.map((row) => row.status)),
    textArray(rows.map((row) => row.state)),
    instantArray(rows.map((row) => row.wakeAt)),
    boolArray(rows.map((row) => row.incident)),
    boolArray(rows.map((row) => row.held)),
    instantArray(rows.map((row) => row.finishedAt)),
  ];
}

function updateParameters(rows: LaneCommit['updates']): Buffer[] {
  return [
    uuidArray(rows.map((row) => row.id)),
    int4Array(rows.map((row) => row.revision)),
    textArray(rows.map((row) => row.status)),
    textArray(rows.map((row) => row.state)),
    instantArray(rows.map((row) => row.wakeAt)),
    boolArray(rows.map((row) => row.incident)),
    boolArray(rows.map((row) => row.held)),
    instantArray(rows.map((row) => row.finishedAt)),
  ];
}

function historyParameters(rows: LaneCommit['history']): Buffer[] {
  return [
    uuidArray(rows.map((row) => row.saga)),
    int4Array(rows.map((row) => row.revision)),
    instantArray(rows.map((row) => row.at)),
    textArray(rows.map((row) => row.entries)),
  ];
}
