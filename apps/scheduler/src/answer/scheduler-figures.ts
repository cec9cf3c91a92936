import {
  addBuildInfo,
  addLinks,
  addRequestFigures,
  countsOf,
  type Book,
  type RequestTimes,
} from '@oakring/metrics';
import type { Observer } from '../observe/observer.js';
import type { PlanFigures } from './plan-figures.js';

/** All that a scheduler shows (docs/metrics.md). */
export function schedulerFigures(
  book: Book,
  sources: {
    readonly observer: Observer;
    readonly figures: PlanFigures;
    readonly requests: RequestTimes;
  },
): void {
  addBuildInfo(book);
  addRequestFigures(book, () => sources.requests);
  addLinks(
    book,
    'manager: it answered when its node view was asked for last.',
    'look at OAKRING_MANAGER_URL and at the manager: without its node view nothing is planned.',
    () => ({ manager: sources.observer.isAnswered }),
  );
  book.histogram(
    {
      name: 'oakring_scheduler_plan_seconds',
      is: 'What planning one call took, all of its jobs, without waiting for the node view.',
      remedy:
        'above 0.5 give the scheduler a core of its own, on the machine of the manager or beside it.',
    },
    () => sources.figures.planning,
  );
  book.counter(
    {
      name: 'oakring_scheduler_plans_total',
      is: 'Jobs planned since the start by outcome: placed, or refused (an instance has no place); and calls that failed.',
      remedy:
        'refused: oakring job show <id> --why says what is lacking; failed: look at oakring_link_up and the log.',
      labels: ['outcome'],
    },
    () => countsOf(sources.figures.outcomes),
  );
  book.gauge(
    {
      name: 'oakring_scheduler_view_position',
      is: 'Position in the ledger that the copy of the node view is of.',
      remedy:
        'far behind oakring_ledger_head_position of the manager: look at oakring_link_up here.',
    },
    () => sources.observer.table.position,
  );
  book.gauge(
    {
      name: 'oakring_scheduler_view_age_seconds',
      is: 'Seconds since the copy of the node view was asked for and given; it is asked for each second. NaN before the first time.',
      remedy: 'above 5 the manager is slow or away: look there.',
    },
    () => (sources.observer.ageMs ?? NaN) / 1_000,
  );
}
