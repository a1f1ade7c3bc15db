import type { MigrationInterface } from 'typeorm';
import { Tables1795219200001 } from './0001-tables.js';
import { Commit1795219200002 } from './0002-commit.js';
import { Desks1795219200003 } from './0003-desks.js';
import { Toggles1795219200004 } from './0004-toggles.js';
import { Limits1795219200005 } from './0005-limits.js';
import { FormerDefinitions1795219200006 } from './0006-former-definitions.js';
import { Pauses1795219200007 } from './0007-pauses.js';
import { KeptHistory1795219200008 } from './0008-kept-history.js';
import { Baselines1795219200009 } from './0009-baselines.js';

/** Every migration in order: the number of the last one is the version of the schema. */
export const allMigrations: readonly (new () => MigrationInterface)[] = [
  Tables1795219200001,
  Commit1795219200002,
  Desks1795219200003,
  Toggles1795219200004,
  Limits1795219200005,
  FormerDefinitions1795219200006,
  Pauses1795219200007,
  KeptHistory1795219200008,
  Baselines1795219200009,
];
