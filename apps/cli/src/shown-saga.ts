import type { Json } from '#libs/messaging';

/** A saga as the coordinator's API shows it: the fields the command line reads. Times are ISO 8601. */
export interface ShownSaga {
  readonly id: string;
  readonly definition: string;
  readonly version: number;
  readonly businessKey: string;
  readonly status: string;
  readonly incident: boolean;
  readonly held: boolean;
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly input: Json;
  readonly why?: string;
  readonly parent?: { readonly id: string; readonly block: string };
  readonly linked?: { readonly id: string; readonly definition: string; readonly key: string };
  readonly steps: Readonly<Record<string, ShownStep>>;
  readonly failure?: {
    readonly error: string;
    readonly step: string;
    readonly message: string;
    readonly causes?: readonly {
      readonly error: string;
      readonly step: string;
      readonly message: string;
      readonly leg?: string;
    }[];
  };
  readonly control?: readonly {
    readonly kind: string;
    readonly name?: string;
    readonly block?: string;
    readonly since: string;
    readonly until?: string;
    readonly saga?: string;
  }[];
  readonly paused?: readonly {
    readonly kind: string;
    readonly at: string;
    readonly by: string;
    readonly reason: string;
    readonly resumed?: { readonly by: string };
  }[];
  readonly stalled?: { readonly since: string; readonly blocker?: string };
  readonly waitsFor: readonly {
    readonly kind: string;
    readonly block?: string;
    readonly text: string;
    readonly since?: string;
    readonly until?: string;
    readonly help?: readonly string[];
    readonly title?: string;
    readonly status?: string;
    readonly owner?: string;
  }[];
  readonly nextTimerAt?: string;
  readonly timeline: readonly {
    readonly at: string;
    readonly kind: string;
    readonly blockKind?: string;
    readonly text: string;
  }[];
  readonly incidents: readonly ShownIncident[];
  readonly audits: readonly {
    readonly at: string;
    readonly action: string;
    readonly by: string;
    readonly result: string;
    readonly reason?: string;
    readonly detail: string;
  }[];
  readonly parked: readonly {
    readonly topic: string;
    readonly part: number;
    readonly offset: number;
    readonly reason: string;
    readonly message: string;
    readonly held: boolean;
  }[];
}

/** What a block left behind. */
export interface ShownStep {
  readonly kind?: string;
  readonly outcome: string;
  readonly attempts: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly output: Json;
}

/** An incident of a saga. */
export interface ShownIncident {
  readonly saga?: string;
  readonly id: string;
  readonly block?: string;
  readonly code: string;
  readonly message: string;
  readonly openedAt: string;
  readonly closedAt?: string;
}

/** One line of a list. */
export interface ShownSummary {
  readonly id: string;
  readonly definition: string;
  readonly owner?: string;
  readonly version: number;
  readonly businessKey: string;
  readonly status: string;
  readonly incident: boolean;
  readonly startedAt: string;
  readonly finishedAt?: string;
}
