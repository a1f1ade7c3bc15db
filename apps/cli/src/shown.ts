/** What the coordinator's API answers where it answers a `T`: the same, with these times in ISO 8601. */
export type Shown<T, At extends keyof T> = { readonly [K in keyof T]: K extends At ? string : T[K] };
