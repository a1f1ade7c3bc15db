export { stop as default } from './shared-stack.mjs';
