export { start as default } from './shared-stack.mjs';
