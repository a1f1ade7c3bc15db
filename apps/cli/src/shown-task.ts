import type { Json } from '#libs/messaging';

/** A task as the coordinator's API lists it: the fields the command line reads. Times are ISO 8601. */
export interface ShownTaskSummary {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly saga: string;
  readonly definition: string;
  readonly businessKey: string;
  readonly block: string;
  readonly asked: readonly ShownAsked[];
  readonly claimedBy?: string;
  readonly openedAt: string;
  readonly dueAt?: string;
  readonly overdueAt?: string;
  readonly closedAt?: string;
}

/** A task as the coordinator's API shows it. */
export interface ShownTask extends ShownTaskSummary {
  readonly description?: string;
  readonly mode: string;
  readonly show: Json;
  readonly answers: Readonly<Record<string, ShownAnswer>>;
  readonly items?: readonly ShownItem[];
  readonly silence?: { readonly answer: string; readonly at: string };
  readonly stoppedAt?: string;
  readonly history: readonly {
    readonly at: string;
    readonly what: string;
    readonly by?: string;
    readonly detail?: string;
  }[];
  readonly you?: { readonly mayAnswer: boolean; readonly why?: string };
}

/** Who was asked. */
export interface ShownAsked {
  readonly role?: string;
  readonly candidates?: readonly string[];
  readonly authority: number;
}

/** One of the answers there are. */
export interface ShownAnswer {
  readonly adverse?: boolean;
  readonly needs?: readonly string[];
  readonly item?: string;
}

/** One of several things that are decided one by one. */
export interface ShownItem {
  readonly key: string;
  readonly item: Json;
  readonly show?: Json;
  readonly decision?: { readonly answer: string; readonly by: string | null; readonly at: string };
}
