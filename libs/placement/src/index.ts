export { filterNames, filterPhrases, fits, freeOf, whyNot, type FilterName } from './fits.js';
