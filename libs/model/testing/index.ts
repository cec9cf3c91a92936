export { derivedDifferences, restored } from './derived.js';
