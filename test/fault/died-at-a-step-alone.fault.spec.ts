import { describe, jest } from '@jest/globals';
import { deathsAtEveryStep } from './deaths-at-steps.js';

jest.setTimeout(300_000);

describe('deaths of the only coordinator', () => deathsAtEveryStep());
