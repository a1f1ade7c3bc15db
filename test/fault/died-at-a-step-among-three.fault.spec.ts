import { describe, jest } from '@jest/globals';
import { deathsAtEveryStep } from './deaths-at-steps.js';

jest.setTimeout(120_000);

describe('deaths of one of two coordinators', () => deathsAtEveryStep(2));
