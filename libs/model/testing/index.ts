export { derivedDifferences } from './derived.js';
