import { describe, jest } from '@jest/globals';
import { ChartRelease } from '../harness/chart-release.js';
import { deathsAtEveryStep } from './deaths-at-steps.js';

jest.setTimeout(300_000);

describe('deaths of one of three pods of the chart', () => deathsAtEveryStep(new ChartRelease()));
