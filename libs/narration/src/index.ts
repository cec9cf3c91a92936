export { labelsText, resourceColumns, resourcesText, technologiesText } from './amounts.js';
export { plain, type Paint } from './paint.js';
export { printable, printableLine } from './printable.js';
export { orderText, sentenceOf } from './tell.js';
export type { Telling } from './sentences/sentences.js';
