import type { Instant } from '#libs/messaging';
import type { Program } from '#libs/saga';
import type { Publication, StoredDocument } from './definition-store.js';

/**
 * The tables, fragments and standards as they were at different times.
 *
 * Where a saga names no version, a table, fragment or standard is the newest one when the saga starts, and stays that one. An
 * edition is the time at which any of them was published; a saga keeps the edition it began with. Programs of former
 * editions are compiled when a saga of that time is met again.
 */
export class DefinitionEditions {
  private readonly times: readonly Instant[];
  private readonly former = new Map<Instant, ReadonlyMap<string, Program>>();

  constructor(
    private readonly publication: Publication,
    private readonly compile: (publication: Publication) => readonly Program[],
  ) {
    const shared = publication.documents.filter(isShared);
    this.times = [...new Set(shared.map(({ publishedAt }) => publishedAt))].sort((one, other) => one - other);
  }

  /**
   * The edition that a saga begun at `now` keeps: never one from before its own version was published. Absent: there is
   * none of them.
   */
  at(now: Instant, definition: string, version: number): Instant | undefined {
    if (this.isSingle) return this.times[0];
    const own = this.publication.documents.find(
      (document) => document.kind === 'saga' && document.name === definition && document.version === version,
    );
    const until = Math.max(now, own?.publishedAt ?? now);
    return this.times.findLast((time) => time <= until) ?? this.times[0];
  }

  /** Whether there never was another edition. */
  get isSingle(): boolean {
    return this.times.length <= 1;
  }

  /** Whether `edition` is the present one; absent: there was none to begin with. */
  isPresent(edition: Instant | undefined): boolean {
    return edition === undefined || edition >= (this.times.at(-1) ?? 0);
  }

  /** A program of a former edition. */
  program(edition: Instant, definition: string, version: number): Program | undefined {
    const known = this.former.get(edition);
    const programs = known ?? this.compiled(edition);
    if (known === undefined) this.former.set(edition, programs);
    return programs.get(programName(definition, version));
  }

  /** Sagas published with or after the next edition may need what only that one has. */
  private compiled(edition: Instant): ReadonlyMap<string, Program> {
    const next = this.times.find((time) => time > edition) ?? Number.POSITIVE_INFINITY;
    const documents = this.publication.documents.filter((document) =>
      isShared(document)
        ? document.publishedAt <= edition
        : document.kind !== 'saga' || document.publishedAt < next,
    );
    return byName(this.compile({ ...this.publication, documents }));
  }
}

/** The names of programs, as {@link DefinitionEditions} and whoever loads them use them. */
export function programName(definition: string, version: number): string {
  return `${definition}@${version}`;
}

/** Programs by {@link programName}. */
export function byName(programs: readonly Program[]): ReadonlyMap<string, Program> {
  return new Map(programs.map((program) => [programName(program.definition, program.version), program]));
}

function isShared({ kind }: StoredDocument): boolean {
  return kind === 'decision' || kind === 'fragment' || kind === 'standard';
}
