import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** Something that took time by itself, with its share of the time that was not idle. */
export interface TimeShare {
  readonly name: string;
  readonly share: number;
}

/** Where a process spent its time. */
export interface ProfileSummary {
  /** Seconds in which it was not idle. */
  readonly busySeconds: number;
  readonly byFunction: readonly TimeShare[];
  readonly byFile: readonly TimeShare[];
  readonly byPackage: readonly TimeShare[];
}

/** The newest profile in a folder. */
export function newestProfile(folder: string): string {
  const files = readdirSync(folder).filter((file) => file.endsWith('.cpuprofile'));
  const newest = files
    .map((file) => path.join(folder, file))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (newest === undefined) throw new Error(`there is no profile in ${folder}`);
  return newest;
}

/** Adds up self time by function, file and package. */
export function summarizeProfile(file: string): ProfileSummary {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [functions, files, packages] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  let busy = 0;
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    const micros = profile.timeDeltas[index] ?? 0;
    if (frame === undefined || frame.functionName === '(idle)') continue;
    busy += micros;
    const where = placeOf(frame.url, frame.functionName);
    add(
      functions,
      `${frame.functionName === '' ? '(anonymous)' : frame.functionName}  ${where}:${frame.lineNumber + 1}`,
      micros,
    );
    add(files, where, micros);
    add(packages, packageOf(where), micros);
  }
  const ranked = (times: ReadonlyMap<string, number>) => rank(times, busy);
  return {
    busySeconds: busy / 1_000_000,
    byFunction: ranked(functions),
    byFile: ranked(files),
    byPackage: ranked(packages),
  };
}

/** The summary as text: the first of each list. */
export function profileReport(summary: ProfileSummary, functions = 45): string {
  const list = (title: string, shares: readonly TimeShare[], count: number): readonly string[] => [
    '',
    title,
    ...shares.slice(0, count).map(({ name, share }) => `${(share * 100).toFixed(1).padStart(6)} %  ${name}`),
  ];
  return [
    `the coordinator was busy for ${summary.busySeconds.toFixed(1)} s`,
    ...list('by package', summary.byPackage, 15),
    ...list('by file', summary.byFile, 30),
    ...list('by function', summary.byFunction, functions),
    '',
  ].join('\n');
}

function add(times: Map<string, number>, name: string, micros: number): void {
  times.set(name, (times.get(name) ?? 0) + micros);
}

function rank(times: ReadonlyMap<string, number>, total: number): readonly TimeShare[] {
  return [...times]
    .map(([name, micros]) => ({ name, share: micros / total }))
    .sort((a, b) => b.share - a.share);
}

/** V8 gives no address to its own work, such as `(garbage collector)`, and none to some functions of the engine. */
function placeOf(url: string, functionName: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  const file = url.replace(/^file:\/\//, '');
  return file.replace(/^.*\/(?=(?:dist|node_modules)\/)/, '').replace(/^dist\//, '');
}

function packageOf(place: string): string {
  const parts = place.split('/');
  if (parts[0] === 'node_modules')
    return parts.slice(0, parts[1]?.startsWith('@') === true ? 3 : 2).join('/');
  if (place.startsWith('node:')) return 'node';
  return parts.slice(0, 2).join('/');
}
