import { errorCatalogue, type ErrorCode, type Refusal } from './catalogue.js';

/** The one error class: a stable `code`, a sentence, and the field and value when there are some. */
export class OakringError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly value: unknown;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(refusal.detail, options);
    this.name = 'OakringError';
    this.code = refusal.code;
    this.field = refusal.field;
    this.value = refusal.value;
  }
}

/** An RFC 9457 problem document. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly remedy: string;
  readonly field?: string;
  readonly value?: unknown;
  /** Every bad field, when there is more than one to name. */
  readonly errors?: readonly { field: string; value: unknown; detail: string }[];
}

/** The problem document of a refusal, with the status of its code. */
export function problemOf(refusal: Refusal): Problem {
  const entry = errorCatalogue[refusal.code];
  return {
    type: `urn:oakring:problem:${refusal.code}`,
    title: entry.title,
    status: entry.status,
    code: refusal.code,
    detail: refusal.detail,
    remedy: entry.remedy,
    ...(refusal.field === undefined ? {} : { field: refusal.field }),
    ...(refusal.value === undefined ? {} : { value: refusal.value }),
  };
}

/** One line for a terminal: detail, then remedy. */
export function explain(error: OakringError): string {
  // What lists things ends with a line of its own.
  const between = error.message.endsWith('\n') ? '' : ' ';
  return `${error.message}${between}${errorCatalogue[error.code].remedy} [${error.code}]`;
}

/** The `code` of an error of the system, such as `EADDRINUSE`; null when it has none. */
export function systemCodeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}
