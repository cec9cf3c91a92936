import { addBuildInfo, addDisk, addRequestFigures, type Book } from '@oakring/metrics';
import type { Census } from './census.js';
import { addEvidenceFigures } from './evidence-figures.js';
import type { MetricSources } from './metric-sources.js';
import { addRootFigures } from './root-figures.js';
import { addStandingFigures } from './standing-figures.js';
import { addTrafficFigures } from './traffic-figures.js';
import { addViewFigures } from './view-figures.js';
import { addWorkFigures } from './work-figures.js';

/**
 * All that a manager shows (docs/metrics.md). What is read off the views is read when it is scraped, and
 * gone through once; what is counted meanwhile are plain numbers.
 */
export function managerFigures(book: Book, sources: MetricSources): void {
  let census: Census | null = null;
  // One for all that is read of it: they are read in one turn of the event loop.
  const taken = (): Census => (census ??= sources.census());
  book.before(() => {
    census = null;
  });
  addBuildInfo(book);
  addRequestFigures(book, () => sources.traffic.requests);
  addDisk(book, () => sources.measured().folders);
  addStandingFigures(book, sources);
  addWorkFigures(book, sources);
  addViewFigures(book, sources, taken);
  addTrafficFigures(book, sources);
  addEvidenceFigures(book, sources);
  addRootFigures(book, sources);
}
