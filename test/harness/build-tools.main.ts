import * as tools from './operations-tools.js';

/**
 * Builds what tests need to be built once on a machine, one after the other and before any of them runs: a build takes
 * all of a small machine, and would take it from tests with deadlines.
 */
for (const build of Object.values(tools)) await build();
