/** One step of the schema. Steps are numbered, forward only, and never edited after release. */
export interface OperationMigration {
  readonly version: number;
  readonly name: string;
  /** The statements, for a schema whose name is quoted already. */
  readonly statements: (schema: string) => readonly string[];
}
