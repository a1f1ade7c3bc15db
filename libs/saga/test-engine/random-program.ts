import type fc from 'fast-check';
import type { Program } from '../src/program.js';
import { programOf } from './program-of-shape.js';
import { anyShape } from './random-shape.js';

/** A random program over all nine kinds of node, at least four composites deep everywhere. */
export const anyProgram: fc.Arbitrary<Program> = anyShape.map(programOf);
