/** How many sagas may lie behind one that is to start, where nothing else is said. */
export const DEFAULT_MAX_HOPS = 8;
