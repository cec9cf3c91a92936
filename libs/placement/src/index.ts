export {
  filterNames,
  filterPhrases,
  fits,
  freeOf,
  hasLabel,
  whyNot,
  type FilterName,
} from './fits.js';
