import type { Instant } from '#libs/messaging';
import type { Program } from '#libs/saga';
import { changedDocument, type ChangedDocument } from './changed-document.js';
import type { Publication, StoredDocument } from './definition-store.js';
import { identityOf } from './use-cases/document-pieces.js';

/** How many programs of former editions are kept at hand. */
const MOST = 1_000;

/**
 * What definitions are written against, as it was at different times: tables, fragments, standards,
 * participants and the namespace.
 *
 * All of it is the newest when a saga starts, and stays that for this saga. An edition is the time at which any of it was
 * published, and is kept once, however many sagas began with it; the first one goes without saying. A program of a former
 * edition is compiled when a saga that runs it is met again.
 */
export class DefinitionEditions {
  /** Every text that ever counted, those that counted later behind those before them. */
  private readonly texts: readonly StoredDocument[];
  private readonly times: readonly Instant[];
  private readonly changes = new Map<Instant, readonly ChangedDocument[]>();
  /** What a former edition was asked for and does not have: as far as is known by this publication. */
  private readonly absent = new Set<string>();

  constructor(
    private readonly publication: Publication,
    private readonly compile: (publication: Publication) => readonly Program[],
    /** Programs of former editions, which nothing changes any more: handed on from one publication to the next. */
    private readonly former: Map<string, Program> = new Map(),
  ) {
    this.texts = [...(publication.former ?? []), ...publication.documents];
    const first = Math.min(...this.texts.map(({ publishedAt }) => publishedAt));
    const shared = this.texts.filter((text) => isShared(text) || text.publishedAt === first);
    this.times = [...new Set(shared.map(({ publishedAt }) => publishedAt))].sort((one, other) => one - other);
  }

  /** The edition that a saga begun at `now` keeps: never one from before its own version was published. Absent: the first. */
  at(now: Instant, definition: string, version: number): Instant | undefined {
    if (this.isSingle) return undefined;
    const newest = this.times.at(-1)!;
    if (now >= newest) return newest;
    const own = this.publication.documents.find(
      (document) => document.kind === 'saga' && document.name === definition && document.version === version,
    );
    const until = Math.max(now, own?.publishedAt ?? now);
    const edition = this.times.findLast((time) => time <= until);
    return edition === this.times[0] ? undefined : edition;
  }

  /** Whether there never was another edition. */
  get isSingle(): boolean {
    return this.times.length <= 1;
  }

  /** Whether `edition` is the present one. */
  isPresent(edition: Instant | undefined): boolean {
    return (edition ?? this.times[0]) === this.times.at(-1);
  }

  /** A program of a former edition; `undefined`, too, where the edition is newer than what is known here. */
  program(edition: Instant | undefined, definition: string, version: number): Program | undefined {
    const time = this.known(edition);
    if (time === undefined) return undefined;
    const name = `${time} ${programName(definition, version)}`;
    if (!this.former.has(name) && !this.absent.has(name)) {
      this.compileIn(time, definition);
      if (!this.former.has(name)) this.absent.add(name);
    }
    return this.former.get(name);
  }

  /** What participants and the namespace said in an edition and say otherwise now. */
  changesSince(edition: Instant | undefined): readonly ChangedDocument[] {
    const time = this.known(edition);
    if (time === undefined || this.isPresent(time)) return [];
    const known = this.changes.get(time) ?? this.changesOf(this.textsOf(time));
    this.changes.set(time, known);
    return known;
  }

  /** What the present edition says otherwise than the one before. */
  newestChanges(): readonly ChangedDocument[] {
    return this.changesSince(this.times.at(-2));
  }

  private changesOf(then: ReadonlyMap<string, StoredDocument>): readonly ChangedDocument[] {
    return this.publication.documents.flatMap((now) => {
      const before = then.get(identityOf(now));
      return before === undefined || before.text === now.text ? [] : [changedDocument(before, now)];
    });
  }

  private known(edition: Instant | undefined): Instant | undefined {
    if (edition === undefined || edition < this.times[0]!) return this.times[0];
    return edition > this.times.at(-1)! ? undefined : this.times.findLast((time) => time <= edition);
  }

  private compileIn(edition: Instant, definition: string): void {
    const documents = withoutStrangers([...this.textsOf(edition).values()], definition);
    for (const program of this.compile({ ...this.publication, documents })) {
      if (this.former.size >= MOST) this.former.delete(this.former.keys().next().value!);
      this.former.set(`${edition} ${programName(program.definition, program.version)}`, program);
    }
  }

  /** Sagas published with or after the next edition may need what only that one has. */
  private textsOf(edition: Instant): ReadonlyMap<string, StoredDocument> {
    const next = this.times.find((time) => time > edition) ?? Number.POSITIVE_INFINITY;
    const counting = this.texts.filter((text) =>
      isShared(text) ? text.publishedAt <= edition : text.publishedAt < next,
    );
    return new Map(counting.map((text) => [identityOf(text), text]));
  }
}

/** A saga is compiled with those it may name, those they may name, and those that read facts; others would cost time only. */
function withoutStrangers(texts: readonly StoredDocument[], definition: string): readonly StoredDocument[] {
  const sagas = texts.filter((text) => !isShared(text));
  const shared = texts.filter(isShared);
  const known = new Set([definition]);
  const naming = shared
    .filter(({ kind, text }) => kind === 'fragment' || kind === 'standard' || text.includes('readBy'))
    .map(({ text }) => text);
  // A set grows while it is gone through.
  for (const name of known) {
    naming.push(...sagas.filter((saga) => saga.name === name).map(({ text }) => text));
    for (const other of sagas) if (naming.some((text) => text.includes(other.name))) known.add(other.name);
  }
  return [...shared, ...sagas.filter(({ name }) => known.has(name))];
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
  return kind !== 'saga';
}
