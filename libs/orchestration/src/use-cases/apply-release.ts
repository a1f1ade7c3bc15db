import { compileDefinitions, formatProblem, type Release } from '#libs/saga';
import { holdsDefinitions, type DefinitionText } from './document-pieces.js';
import { RequestError } from './request-error.js';
import type { SwitchToggle } from './switch-toggle.js';

/** Releases to be applied, and by whom. */
export interface ReleaseRequest {
  /** What else stands in them, such as definitions, is only looked at. */
  readonly files: readonly DefinitionText[];
  readonly by: string;
  /** Says what would change, and changes nothing. */
  readonly isTrial: boolean;
}

/** What a release says of one toggle. */
export interface ReleasedToggle {
  readonly definition: string;
  readonly toggle: string;
  readonly on: boolean;
  /** It was something else before. */
  readonly isChanged: boolean;
}

/**
 * Applies what releases say of the state at run time: each toggle that is something else is switched, as a person would
 * switch it, with the reason of the release.
 *
 * Everything is checked before anything is switched. Applied once more it changes nothing.
 */
export class ApplyRelease {
  constructor(private readonly toggles: SwitchToggle) {}

  /** @throws RequestError when there is a mistake in it, or no such saga or toggle. */
  async apply({ files, by, isTrial }: ReleaseRequest): Promise<readonly ReleasedToggle[]> {
    const releases = releasesIn(files);
    const wanted = releases.flatMap((release) => this.wantedBy(release));
    if (!isTrial)
      for (const { toggle: released, reason } of wanted) {
        const { isChanged, ...toggle } = released;
        if (isChanged) await this.toggles.switch({ ...toggle, by, reason });
      }
    return wanted.map(({ toggle }) => toggle);
  }

  private wantedBy({
    definition,
    reason,
    toggles,
  }: Release): readonly { readonly toggle: ReleasedToggle; readonly reason: string }[] {
    return Object.entries(toggles).map(([toggle, on]) => {
      const isChanged = this.toggles.present({ definition, toggle }).on !== on;
      return { toggle: { definition, toggle, on, isChanged }, reason };
    });
  }
}

function releasesIn(files: readonly DefinitionText[]): readonly Release[] {
  const sources = files.filter(({ path }) => holdsDefinitions(path));
  const others = files.filter(({ path }) => !holdsDefinitions(path));
  const { releases, problems } = compileDefinitions(
    sources.map(({ path, text }) => ({ file: path, text })),
    Object.fromEntries(others.map(({ path, text }) => [path, text])),
  );
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new RequestError(
      'INVALID_DEFINITIONS',
      'nothing was applied: there are mistakes in what was sent',
      errors.map(formatProblem),
    );
  if (releases.length > 0) return releases;
  throw new RequestError(
    'INVALID_REQUEST',
    'there is no release in what was sent: a document `release: <saga>`',
  );
}
