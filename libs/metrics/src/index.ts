export { helpOf, listed, type Book, type Figures, type Listed, type Sample } from './book.js';
export { Distribution, quickSeconds, slowSeconds } from './distribution.js';
export { Count, countsOf, Labelled } from './labelled.js';
export { figuresOfNode, addProcessFigures } from './process-figures.js';
export { Scrapes } from './scrapes.js';
export {
  addBuildInfo,
  addDisk,
  addLinks,
  addRequestFigures,
  type Links,
  type RequestTimes,
} from './shared-figures.js';
