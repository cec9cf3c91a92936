import { requestErrors } from './request-errors.js';
import { secretErrors } from './secret-errors.js';
import { systemErrors } from './system-errors.js';

/**
 * Every coded error of Oakring: the HTTP status it maps to, its title, and what to do next.
 * A code is stable for ever; MQTT dead letters and refusals in the ledger use the same codes.
 */
export const errorCatalogue = { ...requestErrors, ...secretErrors, ...systemErrors };

export type ErrorCode = keyof typeof errorCatalogue;

/** What went wrong, with the thing and the value seen. `detail` is one sentence for a person. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Dotted path of the field, when one is to blame. */
  readonly field?: string;
  /** The value seen, shortened. */
  readonly value?: unknown;
}
