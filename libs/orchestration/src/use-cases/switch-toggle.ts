import type { Clock } from '#libs/messaging';
import type { DefinitionStore, SwitchedToggle } from '../definition-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { RequestError, unknownDefinition } from './request-error.js';

/** What somebody wants a toggle to be. */
export interface ToggleRequest {
  readonly definition: string;
  readonly toggle: string;
  readonly on: boolean;
  readonly by: string;
  readonly reason: string;
}

/** A toggle and what it is at present. */
export interface ShownToggle {
  readonly definition: string;
  readonly toggle: string;
  readonly on: boolean;
  /** What its definition says. */
  readonly byDefault: boolean;
  /** Who switched it last, when and why; absent when nobody ever did. */
  readonly switched?: Pick<SwitchedToggle, 'at' | 'by' | 'reason'>;
}

/**
 * Shows and switches the toggles of definitions.
 *
 * A switching counts for every start from then on, as far as gates know of it, which is a matter of seconds, and is
 * told to every running saga within a minute.
 */
export class SwitchToggle {
  constructor(
    private readonly store: DefinitionStore,
    private readonly definitions: LoadedDefinitions,
    private readonly clock: Clock,
  ) {}

  /** All toggles of the newest versions, by definition and name. */
  async list(): Promise<readonly ShownToggle[]> {
    await this.definitions.refresh();
    return this.definitions
      .all()
      .flatMap(({ definition, toggles = {} }) =>
        Object.entries(toggles).map(([toggle, byDefault]) => this.shown(definition, toggle, byDefault)),
      );
  }

  /** @throws RequestError when there is no such definition or toggle. */
  async switch(request: ToggleRequest): Promise<ShownToggle> {
    const byDefault = this.defaultOf(request);
    const { definition, toggle, on, by, reason } = request;
    const at = this.clock.now();
    const id = `toggle/${definition}/${toggle}/${at}`;
    await this.store.switchToggle({ definition, toggle, on, by, reason, at }, id);
    await this.definitions.refresh();
    return this.shown(definition, toggle, byDefault);
  }

  /** What a toggle is now. @throws RequestError when there is no such definition or toggle. */
  present(name: Pick<ToggleRequest, 'definition' | 'toggle'>): ShownToggle {
    return this.shown(name.definition, name.toggle, this.defaultOf(name));
  }

  private defaultOf({ definition, toggle }: Pick<ToggleRequest, 'definition' | 'toggle'>): boolean {
    const program = this.definitions.current(definition);
    if (program === undefined) throw unknownDefinition(definition, this.definitions.all());
    const { toggles = {} } = program;
    if (Object.hasOwn(toggles, toggle)) return toggles[toggle]!;
    const names = Object.keys(toggles);
    const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
    throw new RequestError('INVALID_REQUEST', `${definition} has no toggle "${toggle}"; ${known}`);
  }

  private shown(definition: string, toggle: string, byDefault: boolean): ShownToggle {
    const found = this.definitions
      .switchedToggles()
      .find((one) => one.definition === definition && one.toggle === toggle);
    if (found === undefined) return { definition, toggle, on: byDefault, byDefault };
    const { on, at, by, reason } = found;
    return { definition, toggle, on, byDefault, switched: { at, by, reason } };
  }
}
